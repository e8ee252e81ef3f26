using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests.Support;

/// <summary>Random rows with weights and offsets, and what they come to in plain double loops.</summary>
public sealed class WeightedProblem
{
    public WeightedProblem(ulong seed, Model model, int rows, int columns, bool intercept = true, float scale = 0.3f)
    {
        Model = model;
        P = Problem.Random(seed, rows, columns, intercept, gap: (int)(seed % 3), scale);
        var random = new SplitMix(seed + 1);
        (SampleWeights, Offset, Direction) = (new float[rows], new float[rows], new float[P.Weights.Length]);
        foreach (ref var s in SampleWeights.AsSpan())
            s = random.Between(0, 6) * 0.4f;
        random.Fill(Offset, 0.7f);
        random.Fill(Direction, 1f);
    }

    public Model Model { get; }

    public Problem P { get; }

    public float[] SampleWeights { get; }

    public float[] Offset { get; }

    public float[] Direction { get; }

    public Observations Data => new(P.X, P.Y) { SampleWeights = SampleWeights, Offset = Offset };

    /// <summary>The same, of rows some of which have NaN.</summary>
    public Observations SkippingData =>
        new(P.X, P.Y) { SampleWeights = SampleWeights, Offset = Offset, RowsWithNaN = RowsWithNaN.Skip };

    public double TotalWeight => SampleWeights.Sum(s => (double)s);

    public double MarginOf(int row) => Margin(P.X.Row(row), Widen(P.Weights)) + Offset[row];

    public double Loss() => Enumerable.Range(0, P.Rows).Sum(i => SampleWeights[i] * RowLoss(Model, MarginOf(i), P.Y[i]));

    public double[] Gradient() => Sum(i => SampleWeights[i] * Residual(Model, MarginOf(i), P.Y[i]), x => x);

    /// <summary>Σ sᵢ·μ′(zᵢ)·(xᵢ·v)·xᵢ.</summary>
    public double[] HessianProduct() => Sum(i => SampleWeights[i] * Derivative(MarginOf(i)) * Margin(P.X.Row(i), Widen(Direction)), x => x);

    public double[] HessianDiagonal() => Sum(i => SampleWeights[i] * Derivative(MarginOf(i)), x => x * x);

    /// <summary>What the rounding errors of <see cref="HessianProduct"/> may add up to: those of both margins, of the derivative, and of
    /// the sum.</summary>
    public double[] HessianProductBound()
    {
        var depth = Gamma(P.Columns + 8);
        return Sum(
            i =>
            {
                var (x, w) = (P.X.Row(i).ToArray(), P.Weights);
                var along = (P.HasIntercept ? Math.Abs(Direction[^1]) : 0) + x.Select((a, j) => Math.Abs((double)a * Direction[j])).Sum();
                var size = (P.HasIntercept ? Math.Abs(w[^1]) : 0) + Math.Abs(Offset[i]) + x.Select((a, j) => Math.Abs((double)a * w[j]))
                    .Sum();

                // |μ″| ≤ μ′ for all three links.
                var d = Derivative(MarginOf(i));
                return SampleWeights[i] * d * along * (depth + Gamma(8) + (1.5 * depth * size) + Gamma(5 + 256));
            },
            Math.Abs);
    }

    public double[] HessianDiagonalBound()
    {
        var depth = Gamma(P.Columns + 8);
        return Sum(
            i =>
            {
                var (x, w) = (P.X.Row(i).ToArray(), P.Weights);
                var size = (P.HasIntercept ? Math.Abs(w[^1]) : 0) + Math.Abs(Offset[i]) + x.Select((a, j) => Math.Abs((double)a * w[j]))
                    .Sum();
                return SampleWeights[i] * Derivative(MarginOf(i)) * (Gamma(10) + (1.5 * depth * size) + Gamma(5 + 256));
            },
            x => x * x);
    }

    private static double Gamma(int k) => k / (double)(1 << 24) / (1 - (k / (double)(1 << 24)));

    private double Derivative(double z) => Model switch
    {
        Model.Logistic => Mean(Model, z) * Mean(Model, -z),
        Model.Linear => 1,
        _ => Math.Exp(z),
    };

    private double[] Sum(Func<int, double> factor, Func<double, double> term)
    {
        var sum = new double[P.Weights.Length];
        for (var i = 0; i < P.Rows; i++)
        {
            var r = factor(i);
            var x = P.X.Row(i);
            for (var j = 0; j < sum.Length; j++)
                sum[j] += r * term(j < x.Length ? x[j] : 1.0);
        }

        return sum;
    }
}
