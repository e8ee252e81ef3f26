using System.Runtime.InteropServices;

namespace Kernels.Verification;

/// <summary>The numbers of a <see cref="FuzzCase"/>.</summary>
internal sealed class FuzzProblem
{
    private static readonly float[] Specials =
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -1e-40f, -0f, float.MaxValue, 1.17549435e-38f];

    private readonly FuzzCase _case;
    private readonly float[] _values;
    private readonly float[] _untouched;

    internal FuzzProblem(FuzzCase @case)
    {
        _case = @case;
        var stride = @case.Columns + @case.Gap;
        _values = new float[@case.Misalignment + (@case.Rows * stride)];
        Array.Fill(_values, float.NaN);
        for (var i = 0; i < @case.Rows; i++)
        {
            var random = Stream(1 + i);
            var row = _values.AsSpan(@case.Misalignment + (i * stride), @case.Columns);
            foreach (ref var value in row)
                value = Draw(random);
        }

        Y = new float[@case.Rows];
        Fill(Y, Stream(-1), random => @case.Link switch
        {
            0 => random.Between(0, 4) * 0.25f,
            1 => random.PlusMinusOne() * 5f,
            _ => random.Between(0, 9),
        });
        SampleWeights = new float[@case.HasWeights ? @case.Rows : 0];
        Fill(SampleWeights, Stream(-2), random => random.Between(0, 5) * 0.3f);
        Offset = new float[@case.HasOffset ? @case.Rows : 0];
        Fill(Offset, Stream(-3), random => random.PlusMinusOne() * 0.5f);
        Weights = new float[@case.Columns + (@case.HasIntercept ? 1 : 0)];
        var scale = new SplitMix(@case.Seed ^ 5).Between(0, 7) switch { 0 => 0f, 1 => 8f, 2 => 2f, _ => 0.25f };
        Fill(Weights, Stream(-4), random => random.PlusMinusOne() * (@case.Link == 2 ? Math.Min(scale, 0.25f) : scale));
        Direction = new float[Weights.Length];
        Fill(Direction, Stream(-5), random => random.PlusMinusOne() * 0.5f);
        _untouched = Inputs();
    }

    internal float[] Y { get; }

    internal float[] SampleWeights { get; }

    internal float[] Offset { get; }

    internal float[] Weights { get; }

    internal float[] Direction { get; }

    internal DesignMatrix X =>
        new(_values.AsSpan(_case.Misalignment), _case.Rows, _case.Columns, _case.Columns + _case.Gap, _case.HasIntercept);

    internal Observations Data =>
        new(X, Y) { SampleWeights = SampleWeights, Offset = Offset, RowsWithNaN = _case.RowsWithNaN };

    /// <summary>Whether the inputs have the bits that they were made with.</summary>
    internal bool IsUntouched => MemoryMarshal.AsBytes<float>(Inputs()).SequenceEqual(MemoryMarshal.AsBytes<float>(_untouched));

    private float[] Inputs() => [.. _values, .. Y, .. SampleWeights, .. Offset, .. Weights, .. Direction];

    private SplitMix Stream(int number) => new(new SplitMix(_case.Seed ^ ((ulong)(number + 6) << 32)).Next());

    private float Draw(SplitMix random)
    {
        var value = random.PlusMinusOne();
        var choice = random.Between(0, 63);
        return _case.Content switch
        {
            FuzzContent.Wide => MathF.ScaleB(value, (choice * 41 / 64) - 20),
            FuzzContent.Special when choice < Specials.Length => Specials[choice],
            _ => value,
        };
    }

    private static void Fill(Span<float> values, SplitMix random, Func<SplitMix, float> draw)
    {
        foreach (ref var value in values)
            value = draw(random);
    }
}
