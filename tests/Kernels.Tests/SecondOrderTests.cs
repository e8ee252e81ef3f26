using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>Loss, deviance, gradient and Hessian in float64: against plain double loops, and the same bits however they are
/// computed.</summary>
public class SecondOrderTests
{
    private static readonly (int Rows, int Columns)[] Shapes =
        [(0, 0), (0, 3), (1, 0), (1, 1), (5, 2), (7, 7), (8, 8), (9, 9), (23, 15), (64, 16), (65, 17), (130, 31), (200, 40), (1025, 5),
            (2500, 12), (70, 130)];

    public static TheoryData<string> Engines => Engine.Names;

    [Fact]
    public void This_process_reproduces_the_committed_fingerprint() =>
        Assert.Equal(FeaturesOf.SecondOrderVersion3, FeaturesOf.SecondOrder(new PublicRunner()));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Every_width_reproduces_the_committed_fingerprint(string name)
    {
        Grid.SkipEmulated(name);
        Assert.Equal(FeaturesOf.SecondOrderVersion3, FeaturesOf.SecondOrder(Engine.Get(name)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void All_sums_are_those_of_plain_double_loops(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in Shapes)
        {
            foreach (var intercept in new[] { false, true })
            {
                Check<Logit>(Model.Logistic);
                Check<Identity>(Model.Linear);
                Check<Log>(Model.Poisson);

                void Check<TLink>(Model model)
                    where TLink : struct, ILink
                {
                    var p = new WeightedProblem((ulong)((rows * 7) + columns), model, rows, columns, intercept,
                        1f / MathF.Sqrt(columns + 1));
                    var weights = Array.ConvertAll(p.P.Weights, w => w * 1.000000321);
                    var centers = Enumerable.Range(0, columns).Select(j => Math.Sin(j) * 0.3).ToArray();
                    Compare(Run<TLink>(engine, p.Data, weights, centers), Plain(model, p.Data, weights, centers), 1e-13,
                        $"{name} {model} {rows}x{columns} {intercept}");
                    Compare(RunSingle<TLink>(engine, p.Data, p.P.Weights, centers), Plain(model, p.Data, Widen(p.P.Weights), centers), 3e-6,
                        $"{name} {model} {rows}x{columns} {intercept} in float32");
                    Compare(Run<TLink>(engine, new(p.P.X, p.P.Y), weights, []), Plain(model, new(p.P.X, p.P.Y), weights, []), 1e-13,
                        $"{name} {model} {rows}x{columns} {intercept} alone");
                }
            }
        }
    }

    /// <summary>Centres that float32 holds are subtracted in float32. With one more column, whose centre it does not hold and whose weight
    /// is 0, all are subtracted in float64: nothing else of the sums may differ.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Centres_that_float32_holds_change_no_bit(string name)
    {
        var (engine, random) = (Engine.Get(name), new SplitMix(20261128));
        foreach (var (rows, columns) in ((int, int)[])[(70, 1), (300, 7), (130, 15), (65, 30), (1100, 33), (64, 100)])
        {
            double[] centers = [.. Enumerable.Range(0, columns).Select(_ => (double)Number(random)), 0.1];
            var (x, y) = (new float[rows * (columns + 1)], new float[rows]);
            for (var i = 0; i < x.Length; i++)
            {
                var center = (float)centers[i % (columns + 1)];
                x[i] = (random.Next() % 4) switch
                {
                    0 => center,
                    1 => center * (1 + (0.0001f * random.PlusMinusOne())),
                    _ => Number(random),
                };
            }

            float[] weights = [.. Enumerable.Range(0, columns).Select(_ => 1e-9f * random.PlusMinusOne()), 0f];
            var wide = RunSingle<Logit>(engine, new(new DesignMatrix(x, columns + 1), y), weights, centers);
            var single = RunSingle<Logit>(
                engine, new(new DesignMatrix(x, rows, columns, columns + 1), y), weights[..columns], centers[..columns]);
            Same(
                single, (wide.Result, wide.Gradient[..columns], wide.Hessian[..(columns * (columns + 1) / 2)]),
                $"{name} {rows}x{columns}");
        }

        // From 2⁻⁴⁰ to 2⁴⁰, and a few that are subnormal.
        static float Number(SplitMix random) =>
            random.Next() % 16 == 0 ? 1e-42f : random.PlusMinusOne() * MathF.ScaleB(1, random.Between(-40, 40));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(64)]
    [InlineData(1100)]
    public void A_reset_forgets_a_panel_that_was_not_whole(int rows)
    {
        var p = new WeightedProblem(78, Model.Logistic, 1200, 9);
        var used = HessianAccumulator<Logit>.WithSingleProducts(p.P.Weights, intercept: true);
        used.Add(p.Data.Slice(0, rows));
        used.Reset(Widen(p.P.Weights));
        var fresh = HessianAccumulator<Logit>.WithSingleProducts(p.P.Weights, intercept: true);
        foreach (var sum in new[] { used, fresh })
        {
            sum.Add(p.Data.Slice(100, 30));
            sum.Add(p.Data.Slice(130, 300));
        }

        Same(Of(fresh), Of(used), $"{rows} rows");
    }

    [Theory]
    [InlineData(100, 3)]
    [InlineData(1024, 16)]
    [InlineData(5000, 9)]
    public void Any_cut_any_shards_and_any_threads_have_the_same_bits(int rows, int columns)
    {
        var p = new WeightedProblem(77, Model.Logistic, rows, columns);
        var weights = Widen(p.P.Weights);
        double[] centers = [.. Enumerable.Range(0, columns).Select(j => 0.01 * j)];
        var expected = Run<Logit>(new PublicRunner(), p.Data, weights, centers);
        var random = new SplitMix(5);
        for (var round = 0; round < 5; round++)
        {
            var sum = new HessianAccumulator<Logit>(weights, centers, intercept: true);
            for (var row = 0; row < rows;)
            {
                var count = Math.Min(random.Between(1, 40 * (round + 1)), rows - row);
                sum.Add(p.Data.Slice(row, count));
                row += count;
            }

            Same(expected, Of(sum), $"round {round}");
            Assert.Equal(rows, sum.Rows);

            // In float32 the panels of 64 rows stay where they are.
            sum = HessianAccumulator<Logit>.WithSingleProducts(p.P.Weights, centers, intercept: true);
            for (var row = 0; row < rows;)
            {
                var count = Math.Min(random.Between(1, 40 * (round + 1)), rows - row);
                sum.Add(p.Data.Slice(row, count));
                row += count;
            }

            Same(RunSingle<Logit>(new PublicRunner(), p.Data, p.P.Weights, centers), Of(sum), $"round {round} in float32");
        }

        var border = rows / 2 / 1024 * 1024;
        var (left, right) = (new HessianAccumulator<Logit>(weights, centers, intercept: true),
            new HessianAccumulator<Logit>(weights, centers, intercept: true, firstRow: border));
        left.Add(p.Data.Slice(0, border));
        right.Add(p.Data.Slice(border, rows - border));
        left.Merge(right);
        Same(expected, Of(left), "merged");
        left.Reset(weights);
        left.Add(p.Data);
        Same(expected, Of(left), "again");

        foreach (var threads in new[] { 1, 2, 3, -1 })
        {
            var (gradient, hessian) = (new double[weights.Length], new double[weights.Length * (weights.Length + 1) / 2]);
            var result = Glm<Logit>.Hessian(p.Data, weights, gradient, hessian, centers, new() { MaxDegreeOfParallelism = threads });
            Same(expected, (result, gradient, hessian), $"{threads} threads");
            var single = RunSingle<Logit>(new PublicRunner(), p.Data, p.P.Weights, centers);
            result = Glm<Logit>.HessianSingle(p.Data, p.P.Weights, gradient, hessian, centers, new() { MaxDegreeOfParallelism = threads });
            Same(single, (result, gradient, hessian), $"{threads} threads in float32");
        }
    }

    [Fact]
    public void A_row_left_out_is_a_row_that_is_not_there()
    {
        var p = new WeightedProblem(3, Model.Poisson, 40, 5);
        p.SampleWeights.AsSpan().Fill(1.5f);
        var expected = Run<Log>(new PublicRunner(), p.Data, Widen(p.P.Weights), []);
        var with = new WeightedProblem(3, Model.Poisson, 40, 5);
        with.SampleWeights.AsSpan().Fill(1.5f);
        var before = Run<Log>(new PublicRunner(), with.Data.Slice(1, 39), Widen(with.P.Weights), []);
        with.SampleWeights[0] = 0;
        with.P[0, 2] = float.NaN;
        var zero = Run<Log>(new PublicRunner(), with.Data, Widen(with.P.Weights), []);
        Compare(zero, before with { Result = before.Result with { Rows = 40 } }, 1e-14, "weight 0");
        Assert.Equal(0, zero.Result.SkippedRows);

        with.SampleWeights[0] = 1.5f;
        Assert.True(double.IsNaN(Run<Log>(new PublicRunner(), with.Data, Widen(with.P.Weights), []).Result.Loss));
        var skipping = with.Data.Slice(0, 40);
        skipping = new(skipping.X, skipping.Targets)
        {
            SampleWeights = skipping.SampleWeights,
            Offset = skipping.Offset,
            RowsWithNaN = RowsWithNaN.Skip,
        };
        var skipped = Run<Log>(new PublicRunner(), skipping, Widen(with.P.Weights), []);
        Compare(skipped, before with { Result = before.Result with { Rows = 40, SkippedRows = 1 } }, 1e-14, "skipped");
        Assert.NotEqual(expected.Result.Loss, skipped.Result.Loss);
    }

    [Fact]
    public void The_deviance_of_large_counts_does_not_cancel()
    {
        float[] counts = [100_000_000, 120_000_000, 90_000_000];
        double[] b = [Math.Log(1e8) + 1e-4];
        var result = Glm<Log>.Hessian(new(new DesignMatrix([], 3, 0, 0, intercept: true), counts), b, new double[1], new double[1]);
        var (mu, exact) = (Math.Exp(b[0]), 0.0);
        foreach (var y in counts)
        {
            // 2μ((1 + u)·log(1 + u) − u) with u = (y − μ)/μ, by its series in u: no two large numbers are subtracted.
            var (u, term, sum) = ((y - mu) / mu, 0.0, 0.0);
            for (var k = 2; k < 60; k++)
            {
                term = Math.Pow(-1, k) * Math.Pow(u, k) / (k * (k - 1.0));
                sum += term;
            }

            exact += 2 * mu * sum;
        }

        Assert.Equal(1.0, result.Deviance / exact, 1e-11);
    }

    [Fact]
    public void Shares_have_the_deviance_of_a_binomial()
    {
        float[] shares = [0.25f, 0f, 1f, 0.75f];
        var data = new Observations(new DesignMatrix([0.5f, -1, 2, 3], 1), shares) { SampleWeights = new float[] { 8, 3, 5, 4 } };
        var result = Glm<Logit>.Hessian(data, [0.75], new double[1], new double[1]);
        var exact = 0.0;
        for (var i = 0; i < 4; i++)
        {
            var (y, mu) = ((double)shares[i], 1 / (1 + Math.Exp(-0.75 * data.X.Row(i)[0])));
            exact += 2 * data.SampleWeights[i]
                * ((y > 0 ? y * Math.Log(y / mu) : 0) + (y < 1 ? (1 - y) * Math.Log((1 - y) / (1 - mu)) : 0));
        }

        Assert.Equal(1.0, result.Deviance / exact, 1e-14);
    }

    [Fact]
    public void Centres_keep_the_digits_that_a_large_mean_takes()
    {
        // Seconds since 1970 in float32 are 128 apart: their centred squares are exact integers.
        const int Rows = 3000;
        var p = new Problem(Rows, 1, intercept: true).FillX((i, _) => 1.7e9f + (128 * i));
        double[] centers = [1.7e9 + (128 * 1500)];
        var hessian = new double[3];
        Glm<Identity>.Hessian(new(p.X, p.Y), [0, 0], new double[2], hessian, centers);
        var (squares, sum) = (0.0, 0.0);
        for (var i = 0; i < Rows; i++)
        {
            var d = (double)p[i, 0] - centers[0];
            (squares, sum) = (squares + (d * d), sum + d);
        }

        Assert.Equal([squares, sum, Rows], hessian);
    }

    [Fact]
    public void Exponential_and_logarithm_are_those_of_the_platform_to_two_ulp()
    {
        var random = new SplitMix(9);
        for (var i = 0; i < 200_000; i++)
        {
            var z = random.PlusMinusOne() * Math.ScaleB(1, random.Between(-30, 9));
            var gradient = new double[1];
            var result = Glm<Log>.Hessian(new(new DesignMatrix([1f], 1), [0f]), [z], gradient, new double[1]);
            Assert.Equal(1.0, gradient[0] / Math.Exp(z), 5e-16);
            Assert.Equal(1.0, result.Deviance / (2 * Math.Exp(z)), 5e-16);
            var logit = Glm<Logit>.Hessian(new(new DesignMatrix([1f], 1), [0f]), [z], gradient, new double[1]);
            Assert.Equal(1.0, logit.Loss / RowLoss(Model.Logistic, z, 0), 1e-15);
            Assert.Equal(1.0, gradient[0] / Mean(Model.Logistic, z), 1e-15);
        }
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(800)]
    [InlineData(-800)]
    public void Margins_beyond_all_bounds_have_the_limits_of_the_loss(double z)
    {
        var data = new Observations(new DesignMatrix([1f, 1f], 1), [0f, 1f]) { SampleWeights = new float[] { 1, 1 } };
        var zeros = Glm<Logit>.Hessian(data.Slice(0, 1), [z], new double[1], new double[1]);
        var ones = Glm<Logit>.Hessian(data.Slice(1, 1), [z], new double[1], new double[1]);
        Assert.Equal(z > 0 ? Math.Min(z, double.MaxValue) : 0, zeros.Loss, 1e-300);
        Assert.Equal(z > 0 ? 0 : Math.Min(-z, double.MaxValue), ones.Loss, 1e-300);
        var gradient = new double[1];
        var counts = Glm<Log>.Hessian(data.Slice(0, 1), [z], gradient, new double[1]);
        Assert.Equal(z > 0 ? double.PositiveInfinity : 0, counts.Loss, 1e-300);
        Assert.Equal(z > 0 ? double.PositiveInfinity : 0, gradient[0], 1e-300);
    }

    [Fact]
    public void Wrong_calls_name_the_argument()
    {
        var p = Problem.Random(1, 4, 3, intercept: true);
        var (w, g, h) = (new double[4], new double[4], new double[10]);
        Throws("weights", () => Glm<Logit>.Hessian(new(p.X, p.Y), new double[3], g, h));
        Throws("gradient", () => Glm<Logit>.Hessian(new(p.X, p.Y), w, new double[3], h));
        Throws("hessian", () => Glm<Logit>.Hessian(new(p.X, p.Y), w, g, new double[9]));
        Throws("centers", () => Glm<Logit>.Hessian(new(p.X, p.Y), w, g, h, new double[4]));
        Throws("gradient", () => Glm<Logit>.Hessian(new(p.X, p.Y), w, w, h));
        Throws("weights", () => Glm<Logit>.HessianSingle(new(p.X, p.Y), new float[3], g, h));
        Throws("hessian", () => Glm<Logit>.HessianSingle(new(p.X, p.Y), p.Weights, g, new double[9]));
        var both = new double[12];
        Throws("gradient", () => Glm<Logit>.Hessian(new(p.X, p.Y), w, both.AsSpan(0, 4), both.AsSpan(2)));
        Throws("weights", () => _ = new HessianAccumulator<Logit>([], intercept: true));
        Throws("weights", () => _ = new HessianAccumulator<Logit>(new double[32_001]));
        Throws("firstRow", () => _ = new HessianAccumulator<Logit>(w, firstRow: 3));
        Throws("data", () => new HessianAccumulator<Logit>(w).Add(new(p.X, p.Y)));
        var sum = new HessianAccumulator<Logit>(w, intercept: true);
        sum.Add(new(p.X, p.Y));
        Throws("data", () => sum.Add(new(p.X, p.Y) { SampleWeights = new float[4] }));
        Throws("next", () => sum.Merge(new(w, intercept: true, firstRow: 1024)));
        Throws("next", () => sum.Merge(new(w, [1, 0, 0], intercept: true)));
        Throws("weights", () => sum.Reset([]));

        static void Throws(string name, Action call) => Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(call).ParamName);
    }

    private static (HessianEvaluation Result, double[] Gradient, double[] Hessian) Run<TLink>(Runner runner, in Observations data,
        double[] weights, double[] centers)
        where TLink : struct, ILink
    {
        var (gradient, hessian) = (new double[weights.Length], new double[weights.Length * (weights.Length + 1) / 2]);
        return (runner.Hessian<TLink>(data, weights, gradient, hessian, centers), gradient, hessian);
    }

    private static (HessianEvaluation Result, double[] Gradient, double[] Hessian) RunSingle<TLink>(Runner runner, in Observations data,
        float[] weights, double[] centers)
        where TLink : struct, ILink
    {
        var (gradient, hessian) = (new double[weights.Length], new double[weights.Length * (weights.Length + 1) / 2]);
        return (runner.HessianSingle<TLink>(data, weights, gradient, hessian, centers), gradient, hessian);
    }

    private static (HessianEvaluation Result, double[] Gradient, double[] Hessian) Of<TLink>(HessianAccumulator<TLink> sum)
        where TLink : struct, ILink
    {
        var p = sum.Weights.Length;
        var (gradient, hessian) = (new double[p], new double[p * (p + 1) / 2]);
        return (sum.Evaluate(gradient, hessian), gradient, hessian);
    }

    private static (HessianEvaluation Result, double[] Gradient, double[] Hessian) Plain(Model model, in Observations data,
        double[] weights, double[] centers)
    {
        var p = weights.Length;
        var (loss, total, gradient, hessian) = (0.0, 0.0, new double[p], new double[p * (p + 1) / 2]);
        var saturated = 0.0;
        for (var i = 0; i < data.X.Rows; i++)
        {
            var s = data.SampleWeights.IsEmpty ? 1.0 : data.SampleWeights[i];
            var v = new double[p];
            for (var j = 0; j < p; j++)
                v[j] = j < data.X.Columns ? data.X.Row(i)[j] - (centers.Length > 0 ? centers[j] : 0) : 1;
            var z = (data.Offset.IsEmpty ? 0 : data.Offset[i]) + v.Zip(weights, (a, b) => a * b).Sum();
            var (y, r) = ((double)data.Targets[i], Residual(model, z, data.Targets[i]));
            var d = model switch { Model.Logistic => Mean(model, z) * Mean(model, -z), Model.Linear => 1, _ => Math.Exp(z) };
            (loss, total) = (loss + (s * RowLoss(model, z, y)), total + s);
            if (model == Model.Poisson)
                saturated += s * (y - (y > 0 ? y * Math.Log(y) : 0));
            for (var j = 0; j < p; j++)
            {
                gradient[j] += s * r * v[j];
                for (var k = 0; k <= j; k++)
                    hessian[(j * (j + 1) / 2) + k] += s * d * v[j] * v[k];
            }
        }

        return (new(loss, 2 * (loss - saturated), total, data.X.Rows, 0), gradient, hessian);
    }

    private static void Compare((HessianEvaluation Result, double[] Gradient, double[] Hessian) actual,
        (HessianEvaluation Result, double[] Gradient, double[] Hessian) expected, double tolerance, string what)
    {
        var scale = 1e-300 + tolerance * (1 + Math.Abs(expected.Result.Loss) + expected.Result.TotalWeight);
        Assert.True(Math.Abs(actual.Result.Loss - expected.Result.Loss) <= scale,
            $"{what}: loss {actual.Result.Loss:R}, not {expected.Result.Loss:R}");
        Assert.True(Math.Abs(actual.Result.Deviance - expected.Result.Deviance) <= 4 * scale,
            $"{what}: deviance {actual.Result.Deviance:R}, not {expected.Result.Deviance:R}");
        Assert.Equal(expected.Result.TotalWeight, actual.Result.TotalWeight, 1e-9);
        Assert.Equal((expected.Result.Rows, expected.Result.SkippedRows), (actual.Result.Rows, actual.Result.SkippedRows));
        for (var j = 0; j < expected.Gradient.Length; j++)
            Assert.True(Math.Abs(actual.Gradient[j] - expected.Gradient[j]) <= scale,
                $"{what}: gradient {j} is {actual.Gradient[j]:R}, not {expected.Gradient[j]:R}");
        for (var j = 0; j < expected.Hessian.Length; j++)
            Assert.True(Math.Abs(actual.Hessian[j] - expected.Hessian[j]) <= scale,
                $"{what}: element {j} of the Hessian is {actual.Hessian[j]:R}, not {expected.Hessian[j]:R}");
    }

    private static void Same((HessianEvaluation Result, double[] Gradient, double[] Hessian) expected,
        (HessianEvaluation Result, double[] Gradient, double[] Hessian) actual, string what)
    {
        Assert.True(expected.Result == actual.Result, $"{what}: {actual.Result}, not {expected.Result}");
        Assert.True(expected.Gradient.AsSpan().SequenceEqual(actual.Gradient), what);
        Assert.True(expected.Hessian.AsSpan().SequenceEqual(actual.Hessian), what);
    }
}
