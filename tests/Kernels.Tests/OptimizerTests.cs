using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>What all optimisers have in common: reasons, histories, progress, weights, offsets, threads.</summary>
public class OptimizerTests
{
    private delegate TrainingResult Optimizer(in Observations data, float[] weights, int maxIterations, int threads,
        Action<TrainingProgress>? progress, CancellationToken token);

    public static TheoryData<string> Names => ["gd", "lbfgs", "newton", "sgd"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Progress_history_and_result_agree(string name)
    {
        var heart = CertifiedData.HeartScale;
        var seen = new List<TrainingProgress>();
        var weights = new float[14];
        var result = Of<Logit>(name)(heart.Data, weights, 12, 1, seen.Add, default);
        Assert.Equal(seen.Select(p => p.Loss), result.Losses);
        Assert.Equal(StopReason.IterationLimit, result.Reason);
        Assert.True(seen[^1].Iteration <= result.Iterations && result.Iterations <= 12);
        Assert.Equal(seen.Select(p => p.Iteration).Order(), seen.Select(p => p.Iteration));
        Assert.All(seen, p => Assert.True(p.RowsPerSecond > 0 && p.Elapsed > TimeSpan.Zero && p.Loss > 0));
        Assert.All(seen.Skip(1), p => Assert.True(p.Step > 0));
        Assert.True(result.Losses[^1] < result.Losses[0]);
        Assert.Equal(LogisticRegression.Loss(heart.Data, weights).Loss, result.Loss);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cancelled_optimiser_leaves_the_weights_of_its_last_step(string name)
    {
        var heart = CertifiedData.HeartScale;
        using var source = new CancellationTokenSource();
        var (cancelled, limited, count, at) = (new float[14], new float[14], 0, 0);
        var result = Of<Logit>(name)(heart.Data, cancelled, 1000, 1, p => Cancel(p.Iteration), source.Token);
        Assert.Equal(StopReason.Cancelled, result.Reason);
        Of<Logit>(name)(heart.Data, limited, at, 1, null, default);
        Bits.Equal(limited, cancelled, name);

        source.Cancel();
        var untouched = new float[14];
        Assert.Equal((StopReason.Cancelled, 0),
            (Of<Logit>(name)(heart.Data, untouched, 9, 1, null, source.Token) is var r ? r.Reason : default, r.Iterations));
        Assert.All(untouched, w => Assert.Equal(0f, w));

        void Cancel(int iteration)
        {
            if (++count == 4)
            {
                at = iteration;
                source.Cancel();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_data_are_named_by_their_row(string name)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity })
        {
            foreach (var place in new[] { 0, 1 })
            {
                var p = Problem.Random(7, 200, 4);
                if (place == 0)
                    p[131, 2] = value;
                else
                    p.Y[131] = value;
                var before = (float[])p.Weights.Clone();
                var result = Of<Logit>(name)(new(p.X, p.Y), p.Weights, 100, 1, null, default);
                Assert.Equal((StopReason.NonFinite, 131), (result.Reason, result.NonFiniteRow));
                if (name != "sgd")
                    Bits.Equal(before, p.Weights, name);
                Assert.All(p.Weights, w => Assert.True(float.IsFinite(w)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Skipped_rows_are_counted_and_do_no_harm(string name)
    {
        var (damaged, clean) = (Problem.Random(9, 120, 4, intercept: true), Problem.Random(9, 120, 4, intercept: true));
        var kept = new float[120];
        Array.Fill(kept, 1f);
        foreach (var i in new[] { 3, 40, 119 })
            (damaged[i, i % 4], kept[i]) = (float.NaN, 0f);
        var result = Of<Logit>(name)(new(damaged.X, damaged.Y) { RowsWithNaN = RowsWithNaN.Skip }, damaged.Weights, 40, 1, null, default);
        Of<Logit>(name)(new(clean.X, clean.Y) { SampleWeights = kept }, clean.Weights, 40, 1, null, default);
        for (var j = 0; j < 5; j++)
            Assert.Equal(clean.Weights[j], damaged.Weights[j], 2e-4f);
        if (name != "sgd")
            Assert.Equal(3, result.SkippedRows);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_and_offsets_lead_to_the_weighted_optimum(string name)
    {
        if (name == "sgd")
            return; // has its own test
        var p = new WeightedProblem(11, DoubleOracle.Model.Logistic, 400, 5, scale: 1f);
        Array.Clear(p.P.Weights);
        var result = Of<Logit>(name)(p.Data, p.P.Weights, 20_000, 1, null, default);
        Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason}");
        Assert.All(p.Gradient(), g => Assert.Equal(0, g / p.TotalWeight, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_a_bit(string name)
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        var p = Problem.Random(13, 20_000, 20, intercept: true);
        var (one, four) = (new float[21], new float[21]);
        var first = Of<Logit>(name)(new(p.X, p.Y), one, 15, 1, null, default);
        var second = Of<Logit>(name)(new(p.X, p.Y), four, 15, 4, null, default);
        Bits.Equal(one, four, name);
        Assert.Equal(first.Losses, second.Losses);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_arguments_are_refused(string name)
    {
        var p = Problem.Random(15, 5, 2);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => Of<Logit>(name)(new(p.X, p.Y), new float[3], 1, 1, null, default)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => Of<Logit>(name)(new(p.X, p.Y), p.Weights, -1, 1, null, default));
        Assert.Equal("MaxDegreeOfParallelism",
            Assert.Throws<ArgumentOutOfRangeException>(() => Of<Logit>(name)(new(p.X, p.Y), p.Weights, 1, 0, null, default)).ParamName);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_rows_and_no_columns_are_no_trouble(string name)
    {
        var weights = new float[] { 0.5f, -1f };
        var result = Of<Logit>(name)(new(new DesignMatrix([], 0, 2, 2), []), weights, 5, 1, null, default);
        Assert.True(result.Reason is StopReason.Converged or StopReason.IterationLimit, $"{result.Reason}");
        Assert.Equal([0.5f, -1f], weights);
        var intercept = new float[1];
        Of<Logit>(name)(new(new DesignMatrix([], 4, 0, 0, intercept: true), [1f, 0, 1, 1]), intercept, 2000, 1, null, default);
        Assert.Equal(Math.Log(3), intercept[0], name == "sgd" ? 0.05 : 1e-4);
    }

    [Fact]
    public void Too_large_a_rate_diverges_and_says_so()
    {
        var p = Problem.Random(17, 50, 3);
        var result = GradientDescent.Minimize<Log>(new(p.X, p.Y), new float[3], new() { LearningRate = 1e6, Accelerate = false });
        Assert.Equal((StopReason.Diverged, null), (result.Reason, result.NonFiniteRow));
    }

    [Fact]
    public void A_safe_rate_survives_an_eigenvector_that_power_iteration_does_not_see()
    {
        // One direction of curvature 2.5 among two thousand of 1, almost orthogonal to the start: the estimate stops near 1, and 1/1.06 is
        // more than 2/2.5.
        var root = MathF.Sqrt(2.5f);
        var p = new Problem(2000, 2000).FillX((i, j) => i == j ? (i == 609 ? root : 1f) : 0f);
        Array.Fill(p.Y, 1f);
        Assert.InRange(Lipschitz.Estimate(new(p.X, p.Y)).Eigenvalue, 1, 1.02);
        foreach (var accelerate in new[] { true, false })
        {
            Array.Clear(p.Weights);
            var result = GradientDescent.Minimize<Identity>(new(p.X, p.Y), p.Weights, new()
            {
                GradientTolerance = 1e-8,
                Accelerate = accelerate,
            });
            Assert.Equal(StopReason.Converged, result.Reason);
            Assert.Equal(1 / root, p.Weights[609], 1e-4f);
        }
    }

    [Fact]
    public void Newton_shrinks_its_region_when_the_model_is_wrong()
    {
        // From w = 0, where the mean is 1, the model of eᶻ points to z = 499: where eᶻ is ∞.
        var p = Problem.Random(27, 100, 2, intercept: true, scale: 0.1f);
        Array.Fill(p.Y, 500f);
        Array.Clear(p.Weights);
        var result = Newton.Minimize<Log>(new(p.X, p.Y), p.Weights);
        Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason}");
        Assert.Equal(Math.Log(500), p.Weights[2], 1e-4);
    }

    [Fact]
    public void Stochastic_descent_comes_near_in_few_epochs_and_follows_its_seed()
    {
        var p = Problem.Random(19, 20_000, 10, intercept: true);
        var truth = (float[])p.Weights.Clone();
        LogisticRegression.Predict(p.X, truth, p.Y);
        var random = new SplitMix(20);
        foreach (ref var y in p.Y.AsSpan())
            y = random.Unit() < y ? 1f : 0f;
        var (first, second, other) = (new float[11], new float[11], new float[11]);
        Run(first, 1);
        Run(second, 1);
        Run(other, 2);
        Bits.Equal(first, second, "same seed");
        Assert.NotEqual(first, other);
        for (var j = 0; j < 11; j++)
            Assert.Equal(truth[j], first[j], 0.15f); // four standard errors

        void Run(float[] weights, ulong seed)
        {
            var result = StochasticGradientDescent.Minimize<Logit>(
                new(p.X, p.Y), weights, new()
                {
                    LearningRate = 1,
                    BlockRows = 100,
                    MaxIterations = 10,
                    Seed = seed,
                    Schedule = LearningRateSchedule.Inverse,
                });
            Assert.Equal((StopReason.IterationLimit, 10), (result.Reason, result.Iterations));
        }
    }

    [Fact]
    public void Blocks_are_shuffled_and_all_there()
    {
        var blocks = new ShuffledBlocks(1003, 10, seed: 3);
        var orders = new HashSet<string>();
        for (var i = 0; i < 50; i++)
        {
            var order = blocks.Shuffle();
            Assert.Equal(1003, order.Sum(b => b.Rows));
            Assert.Equal(Enumerable.Range(0, 101).Select(k => 10L * k), order.Select(b => b.Start).Order());
            orders.Add(string.Join(' ', order));
        }

        Assert.Equal(50, orders.Count);
    }

    [Fact]
    public void Newton_takes_few_points_on_badly_scaled_columns()
    {
        // Columns from 10⁻³ to 10³: L-BFGS would need many passes to learn it.
        var p = Problem.Random(23, 1000, 6, intercept: true);
        for (var i = 0; i < 1000; i++)
        {
            for (var j = 0; j < 6; j++)
                p[i, j] *= MathF.Pow(10, j - 3);
        }

        Array.Clear(p.Weights);
        var points = 0;
        var result = Newton.Minimize<Logit>(new(p.X, p.Y), p.Weights, new() { GradientTolerance = 1e-5 }, _ => points++);
        Assert.Equal(StopReason.Converged, result.Reason);
        Assert.InRange(points, 2, 10);
        Assert.InRange(result.Iterations, 2, 30);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Powers_of_two_in_the_units_change_no_bit(string name)
    {
        // Means some deviations away, and units from 2⁻²⁰ to 2²⁰.
        var (p, scaled) = (Far(29, 500, 8), Far(29, 500, 8));
        for (var i = 0; i < 500; i++)
        {
            for (var j = 0; j < 8; j++)
                scaled[i, j] = MathF.ScaleB(scaled[i, j], UnitOf(j));
        }

        var (expected, weights) = (new float[9], new float[9]);
        var (one, other) = (Of<Logit>(name)(new(p.X, p.Y), expected, 40, 1, null, default),
            Of<Logit>(name)(new(scaled.X, scaled.Y), weights, 40, 1, null, default));
        for (var j = 0; j < 8; j++)
            expected[j] = MathF.ScaleB(expected[j], -UnitOf(j));
        Bits.Equal(expected, weights, name);
        Assert.Equal(one.Losses, other.Losses);
        Assert.Equal((one.Loss, one.GradientNorm), (other.Loss, other.GradientNorm));

        static int UnitOf(int j) => (j * 6) - 20;
    }

    [Theory]
    [InlineData("gd", 1e-4)]
    [InlineData("lbfgs", 1e-4)]
    [InlineData("newton", 1e-4)]
    [InlineData("sgd", 0.6)]
    public void Means_far_from_zero_are_borne(string name, double standardErrors)
    {
        var p = Far(30, 2000, 8);
        for (var i = 0; i < 2000; i++)
        {
            for (var j = 0; j < 8; j++)
                p[i, j] = (p[i, j] + (j * 10)) * (1 + (j * j * j * 20));
        }

        var fit = Fitter.Fit<Logit>(new(p.X, p.Y));
        var weights = new float[9];
        var result = Of<Logit>(name)(new(p.X, p.Y), weights, name == "sgd" ? 60 : 3000, 1, null, default);
        Assert.True(name == "sgd" || result.Reason is StopReason.Converged
            or StopReason.Stalled, $"{result.Reason} after {result.Iterations}");
        for (var j = 0; j < 8; j++)
            Assert.InRange(Math.Abs(weights[j] - fit.Coefficients[j]) / fit.StandardErrors[j], 0, standardErrors);
    }

    private static Problem Far(ulong seed, int rows, int columns)
    {
        var p = Problem.Random(seed, rows, columns, intercept: true);
        var random = new SplitMix(seed + 1);
        LogisticRegression.Predict(p.X, p.Weights, p.Y);
        for (var i = 0; i < rows; i++)
        {
            p.Y[i] = random.Unit() < p.Y[i] ? 1f : 0f;
            for (var j = 0; j < columns; j++)
                p[i, j] += j;
        }

        return p;
    }

    [Fact]
    public void Newton_with_a_penalty_finds_what_Lbfgs_finds()
    {
        var heart = CertifiedData.HeartScale;
        var (left, right) = (new float[14], new float[14]);
        Newton.Minimize<Logit>(heart.Data, left, new() { L2 = 3, GradientTolerance = 1e-7 });
        Lbfgs.Minimize<Logit>(heart.Data, right, new() { L2 = 3, GradientTolerance = 1e-7 });
        for (var j = 0; j < 14; j++)
            Assert.Equal(right[j], left[j], 1e-4f);
    }

    [Fact]
    public void The_estimate_of_the_eigenvalue_is_close_from_below()
    {
        var p = Problem.Random(24, 500, 9, intercept: true);
        var (estimate, passes) = Lipschitz.Estimate(new(p.X, p.Y));
        float[] v = [.. Enumerable.Repeat(1f, 10)];
        var exact = 0.0;
        for (var i = 0; i < 300; i++)
        {
            LinearRegression.Gradient(p.X, new float[500], v, p.Gradient);
            exact = Math.Sqrt(p.Gradient.Sum(g => (double)g * g));
            for (var j = 0; j < 10; j++)
                v[j] = (float)(p.Gradient[j] / exact);
        }

        Assert.InRange(estimate, 0.95 * exact, exact * 1.00001);
        Assert.InRange(passes, 2, 30);
        Assert.Equal(exact * 4, Lipschitz.Estimate(new(p.X, p.Y) { SampleWeights = Enumerable.Repeat(4f, 500).ToArray() }).Eigenvalue,
            0.2 * exact);
    }

    private static Optimizer Of<TLink>(string name)
        where TLink : struct, ILink => name switch
        {
            "gd" => (in data, weights, limit, threads, progress, token) =>
                GradientDescent.Minimize<TLink>(data, weights, new() { MaxIterations = limit, MaxDegreeOfParallelism = threads }, progress,
                    token),
            "lbfgs" => (in data, weights, limit, threads, progress, token) =>
                Lbfgs.Minimize<TLink>(data, weights, new() { MaxIterations = limit, MaxDegreeOfParallelism = threads }, progress, token),
            "newton" => (in data, weights, limit, threads, progress, token) =>
                Newton.Minimize<TLink>(data, weights, new() { MaxIterations = limit, MaxDegreeOfParallelism = threads }, progress, token),
            _ => (in data, weights, limit, threads, progress, token) => StochasticGradientDescent.Minimize<TLink>(
                data, weights, new() { MaxIterations = limit, MaxDegreeOfParallelism = threads, BlockRows = 16, LearningRate = 0.5 },
                progress, token),
        };
}
