namespace Kernels.Verification;

/// <summary>A random problem of a given shape, the same on every machine.</summary>
internal sealed class RandomProblem
{
    private readonly float[] _values;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _stride;
    private readonly bool _intercept;

    internal RandomProblem(SplitMix random, int rows, int columns, int link, bool intercept, int gap)
    {
        (_rows, _columns, _stride, _intercept) = (rows, columns, columns + gap, intercept);
        _values = new float[rows * _stride];
        random.Fill(_values, 2f);
        Y = new float[rows];
        foreach (ref var y in Y.AsSpan())
        {
            y = link switch
            {
                0 => random.Between(0, 4) * 0.25f,
                1 => random.PlusMinusOne() * 5f,
                _ => random.Between(0, 9),
            };
        }

        // Margins from the middle of the link to its ends.
        Weights = new float[columns + (intercept ? 1 : 0)];
        var scale = random.Between(0, 9) switch { 0 => 0f, 1 => 8f, 2 => 2f, _ => 0.25f };
        random.Fill(Weights, link == 2 ? Math.Min(scale, 0.25f) : scale);
    }

    internal DesignMatrix X => new(_values, _rows, _columns, _stride, _intercept);

    internal float[] Y { get; }

    internal float[] Weights { get; }

    /// <summary>Puts NaN into about one row in so many, somewhere.</summary>
    internal void Damage(SplitMix random, int oneIn)
    {
        for (var i = 0; i < _rows; i++)
        {
            if (random.Between(1, oneIn) == 1 && _columns > 0)
                _values[(i * _stride) + random.Between(0, _columns - 1)] = float.NaN;
        }
    }
}
