using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>The gradient against the double oracle: the guarantee holds on any data, and on random data the error stays within 16
/// units.</summary>
public class ErrorBoundTests(ITestOutputHelper output)
{
    private static readonly int[] ManyColumns = [.. Enumerable.Range(1, 257), 1000, 4096];

    public static TheoryData<string> Engines => Engine.Names;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Random_data_stay_within_sixteen_units(string name)
    {
        var engine = Engine.Get(name);
        var worst = 0.0;
        var random = new SplitMix(1);
        foreach (var columns in ManyColumns)
        {
            var rows = Math.Min(random.Between(1, 4096), (Grid.IsThinned ? 20_000 : 200_000) / columns);
            worst = Math.Max(worst, Check<Logit>(engine, Model.Logistic, Distribution.Uniform, rows, columns));
            worst = Math.Max(worst, Check<Identity>(engine, Model.Linear, Distribution.Uniform, rows, columns));
            worst = Math.Max(worst, Check<Log>(engine, Model.Poisson, Distribution.Uniform, rows, columns));
        }

        output.WriteLine($"{name}: largest ratio {worst:F2}");
        Assert.InRange(worst, 0.01, 16);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_guarantee_holds_on_difficult_data(string name)
    {
        var engine = Engine.Get(name);
        var random = new SplitMix(2);
        foreach (var distribution in Enum.GetValues<Distribution>())
        {
            var worst = 0.0;

            // Every width gives the same bits; all columns on one of them.
            foreach (var columns in ManyColumns.Where((_, i) => i % 5 == 0 || engine == Engine.Supported.First()))
            {
                var rows = Math.Min(random.Between(1, 4096), (Grid.IsThinned ? 20_000 : 200_000) / columns);
                worst = Math.Max(worst, Check<Logit>(engine, Model.Logistic, distribution, rows, columns));
                worst = Math.Max(worst, Check<Identity>(engine, Model.Linear, distribution, rows, columns));
            }

            output.WriteLine($"{name}, {distribution}: largest ratio {worst:F2}");
        }
    }

    [Theory]
    [InlineData(1 << 20, 8)]
    [InlineData((1 << 24) + (1 << 10), 1)]
    public void One_signed_sums_do_not_stagnate(int rows, int columns)
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        var values = new float[(long)rows * columns];
        Array.Fill(values, 1f);
        var x = new DesignMatrix(values, columns);
        var (y, weights, gradient) = (new float[rows], new float[columns], new float[columns]);
        var loss = LogisticRegression.Gradient(x, y, weights, gradient);

        // Every term is ½; a plain float sum would stop growing at 2²³.
        Assert.All(gradient, g => Assert.Equal(rows * 0.5f, g));
        Assert.Equal(rows * Math.Log(2), loss, rows * 1e-12);
    }

    [Theory]
    [InlineData(1 << 20, 8)]
    [InlineData(1 << 17, 33)]
    [InlineData(5000, 257)]
    public void The_public_bound_holds_on_many_rows(int rows, int columns)
    {
        if (Grid.IsThinned)
            rows /= 64;
        foreach (var distribution in Enum.GetValues<Distribution>())
        {
            var engine = Engine.Supported.First();
            Check<Logit>(engine, Model.Logistic, distribution, rows, columns);
            Check<Identity>(engine, Model.Linear, distribution, rows, columns);
        }

        Check<Log>(Engine.Supported.First(), Model.Poisson, Distribution.Uniform, rows, columns);
    }

    [Fact]
    public void The_public_bound_follows_the_reduction_and_checks_its_arguments()
    {
        var p = Problem.Random(77, 2000, 5, intercept: true);
        var (sum, mean) = (new double[6], new double[6]);
        LogisticRegression.GradientErrorBound(p.X, p.Y, p.Weights, sum);
        LogisticRegression.GradientErrorBound(p.X, p.Y, p.Weights, mean, Reduction.Mean);
        for (var j = 0; j < 6; j++)
            Assert.Equal(sum[j] / 2000, mean[j], sum[j] * 1e-9);
        Assert.Equal("bound",
            Assert.Throws<ArgumentException>(() => LogisticRegression.GradientErrorBound(p.X, p.Y, p.Weights, new double[5])).ParamName);
        Assert.Equal("y",
            Assert.Throws<ArgumentException>(() => LogisticRegression.GradientErrorBound(p.X, p.Y.AsSpan(1), p.Weights, sum)).ParamName);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.GradientErrorBound(p.X, p.Y, p.Weights.AsSpan(1), sum)).ParamName);
    }

    /// <summary>Where a mean, a margin or a sum is beyond float32 the gradient may be ∞ though the exact one is not: the bound says
    /// so.</summary>
    [Theory]
    [InlineData(2, 89f, 1e-5f)] // e⁸⁹ is, and times 10⁻⁵ it is not
    [InlineData(1, 3e38f, 3e38f)]
    [InlineData(1, 1e20f, 1e20f)]
    [InlineData(0, 3e38f, 3e38f)]
    public void A_bound_is_infinite_where_float32_may_overflow(int link, float weight, float second)
    {
        float[] row = link == 2
            ? [1f, second]
            : [weight, second], weights = link == 2 ? [weight, 0f] : [1f, link == 0 ? -1f : 1f], y = [0f];
        var (bound, gradient) = (new double[2], new float[2]);
        var x = new DesignMatrix(row, 2);
        switch (link)
        {
            case 0:
                LogisticRegression.GradientErrorBound(x, y, weights, bound);
                break;
            case 1:
                LinearRegression.GradientErrorBound(x, y, weights, bound);
                LinearRegression.Gradient(x, y, weights, gradient);
                Assert.True(float.IsInfinity(gradient[0]));
                break;
            default:
                PoissonRegression.GradientErrorBound(x, y, weights, bound);
                PoissonRegression.Gradient(x, y, weights, gradient);
                Assert.True(float.IsInfinity(gradient[1]));
                break;
        }

        Assert.All(bound, b => Assert.Equal(double.PositiveInfinity, b));
    }

    public enum Distribution
    {
        Uniform,
        Lognormal,
        Cauchy,
        Cancelling,
        OneSigned,
    }

    private static double Check<TLink>(Engine engine, Model model, Distribution distribution, int rows, int columns)
        where TLink : struct, ILink
    {
        var random = new SplitMix((ulong)((columns * 100) + (int)distribution));
        var p = new Problem(rows, columns, intercept: columns % 2 == 0, gap: columns % 3)
            .FillX((i, j) => Draw(random, distribution, i));
        var scale = model == Model.Poisson ? 1.0f / MathF.Sqrt(columns) : 3f / MathF.Sqrt(columns);
        random.Fill(p.Weights, scale);
        foreach (ref var y in p.Y.AsSpan())
            y = random.Between(0, 3) switch { 0 => 0f, 1 => 1f, _ => (float)random.Unit() };

        engine.Gradient<TLink>(p.X, p.Y, p.Weights, p.Gradient);
        var what = $"{engine} {model} {distribution} {rows}x{columns}";
        var oracle = ErrorBound.Of(model, p.X, p.Y, p.Weights);
        var ratio = oracle.Check(p.Gradient, what);

        // The library's own bound: never exceeded, and no looser than the oracle's needs to be.
        var bound = new double[p.Gradient.Length];
        Glm<TLink>.GradientErrorBound(p.X, p.Y, p.Weights, bound);
        for (var j = 0; j < bound.Length; j++)
        {
            var error = Math.Abs(p.Gradient[j] - oracle.Exact[j]);
            Assert.True(error <= bound[j] + (oracle.Unit[j] * 1e-6), $"{what}: gradient[{j}] is off by {error:E3}, bound {bound[j]:E3}");
            Assert.InRange(bound[j], 0.9 * oracle.Guarantee[j], (1.5 * oracle.Guarantee[j]) + 1e-35);
        }

        return ratio;
    }

    private static float Draw(SplitMix random, Distribution distribution, int row) => distribution switch
    {
        Distribution.Lognormal =>
            (float)(Math.Exp(4 * (random.Unit() + random.Unit() + random.Unit() - 1.5)) * (random.Between(0, 1) == 0 ? -1 : 1)),
        Distribution.Cauchy => (float)Math.Tan(Math.PI * (random.Unit() - 0.5)),
        Distribution.Cancelling => (row % 2 == 0 ? 1000f : -1000f) + random.PlusMinusOne(),
        Distribution.OneSigned => 1f + (float)random.Unit(),
        _ => random.PlusMinusOne(),
    };
}
