
namespace Kernels.Tests.Support;

/// <summary>A matrix with its targets and weights; what lies between the rows is NaN, so that a stray read shows.</summary>
public sealed class Problem
{
    private readonly float[] _values;

    public Problem(int rows, int columns, bool intercept = false, int gap = 0)
    {
        (Rows, Columns, Stride, HasIntercept) = (rows, columns, columns + gap, intercept);
        _values = new float[rows * Stride];
        Array.Fill(_values, float.NaN);
        Y = new float[rows];
        Weights = new float[columns + (intercept ? 1 : 0)];
        Gradient = new float[Weights.Length];
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    public bool HasIntercept { get; }

    public float[] Y { get; }

    public float[] Weights { get; }

    public float[] Gradient { get; }

    public DesignMatrix X => new(_values, Rows, Columns, Stride, HasIntercept);

    public ref float this[int row, int column] => ref _values[(row * Stride) + column];

    /// <summary>Sets every element of X by its place.</summary>
    public Problem FillX(Func<int, int, float> value)
    {
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
                this[i, j] = value(i, j);
        }

        return this;
    }

    /// <summary>Random X in [−scale, scale), targets 0 or 1, weights in [−scale, scale).</summary>
    public static Problem Random(ulong seed, int rows, int columns, bool intercept = false, int gap = 0, float scale = 1f)
    {
        var random = new SplitMix(seed);
        var problem = new Problem(rows, columns, intercept, gap).FillX((_, _) => random.PlusMinusOne() * scale);
        random.Fill(problem.Weights, scale);
        foreach (ref var y in problem.Y.AsSpan())
            y = random.Between(0, 1);
        return problem;
    }
}
