using Kernels.Fingerprint;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Data and callers at their worst: an optimiser ends with a reason that is true, leaves finite weights, and lets the caller's own exceptions through.</summary>
public class HostileFitTests
{
    private delegate TrainingResult FitBlocks(ObservationBlocks data, float[] weights, int threads, CancellationToken token = default);

    public static TheoryData<float> Bad => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(Bad))]
    public void An_L1_step_on_data_that_are_not_finite_says_so(float bad)
    {
        foreach (var (x, y) in new[] { (new[] { bad, 2f }, new[] { 1f, 0f }), ([1f, 2f], [bad, 0f]) })
        {
            var weights = new float[1];
            var result = GradientDescent.Minimize<Logit>(new(new DesignMatrix(x, 1), y), weights, new() { L1 = 0.1 });
            Assert.Equal((StopReason.NonFinite, 0L), (result.Reason, result.NonFiniteRow));
            Assert.Equal(0f, weights[0]);
        }
    }

    [Fact]
    public void A_fit_that_diverges_says_so_and_leaves_finite_weights()
    {
        Diverges<Identity>([3e38f, 1f], [1, 0], new() { L1 = 0.1 });
        Diverges<Identity>([1f, 2f], [3e38f, -3e38f], new() { L1 = 0.1, LearningRate = 1 });
        Diverges<Logit>([1f], [1], new() { LearningRate = 1e300 });
        Diverges<Logit>([1f, 2f], [1, 0], new() { LearningRate = 1e300, L1 = 1e-3 });
        Diverges<Logit>([1f], [1], new() { LearningRate = 1e3, L2 = 1e6 });
        Diverges<Identity>([1f, 3f], [1, 2], new() { LearningRate = 10, Accelerate = false });
        Diverges<Log>([1f, 3f], [1, 2000], new() { LearningRate = 10 });

        static void Diverges<TLink>(float[] x, float[] y, GradientDescentOptions options)
            where TLink : struct, ILink
        {
            float[] weights = [0f];
            var result = GradientDescent.Minimize<TLink>(new(new DesignMatrix(x, 1), y), weights, options);
            Assert.Equal(StopReason.Diverged, result.Reason);
            Assert.True(float.IsFinite(weights[0]), $"w = {weights[0]}");
        }
    }

    [Fact]
    public void Ten_thousand_hostile_fits_end_with_a_reason_and_finite_weights()
    {
        var random = new SplitMix(2024);
        float[] numbers = [0f, 1f, -1f, 0.5f, 1e-30f, 1e-40f, 1e10f, -1e19f, 3e38f, -3e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 7f];
        var (cases, reasons) = (HostileCases.Of(10_000), new Dictionary<StopReason, int>());
        for (var i = 0; i < cases; i++)
        {
            var (rows, columns) = (random.Between(0, 5), random.Between(0, 3));
            var intercept = random.Between(0, 1) == 1;
            var (x, y, s) = (Draw(rows * columns), Draw(rows), Draw(rows));
            var weights = new float[columns + (intercept ? 1 : 0)];
            var data = new Observations(new(x, rows, columns, columns, intercept), y)
            {
                SampleWeights = random.Between(0, 3) == 0 ? s : default,
                RowsWithNaN = random.Between(0, 1) == 1 ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
            };
            var (l1, l2) = (random.Between(0, 2) * 0.1, random.Between(0, 2) * (random.Between(0, 9) == 0 ? 1e30 : 0.5));
            double? rate = random.Between(0, 2) == 0 ? Math.Pow(10, random.Between(0, 60) - 30) : null;
            var result = (i % 10) switch
            {
                0 or 1 => GradientDescent.Minimize<Logit>(data, weights, new() { L1 = l1, L2 = l2, LearningRate = rate, MaxIterations = 50 }),
                2 => GradientDescent.Minimize<Identity>(data, weights, new() { L1 = l1, L2 = l2, LearningRate = rate, MaxIterations = 50, Accelerate = false }),
                3 => GradientDescent.Minimize<Log>(data, weights, new() { L1 = l1, L2 = l2, LearningRate = rate ?? 0.1, MaxIterations = 50 }),
                4 => Lbfgs.Minimize<Logit>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                5 => Lbfgs.Minimize<Log>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                6 => Newton.Minimize<Logit>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                7 => Newton.Minimize<Log>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                8 => Newton.Minimize<Identity>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                _ => StochasticGradientDescent.Minimize<Logit>(data, weights, new() { L2 = l2, LearningRate = rate ?? 0.1, MaxIterations = 3, BlockRows = 2 }),
            };
            reasons[result.Reason] = reasons.GetValueOrDefault(result.Reason) + 1;
            Assert.All(weights, w => Assert.True(float.IsFinite(w), $"case {i}: {result.Reason}, w = {w}"));
            if (result.Reason is StopReason.Converged or StopReason.Stalled)
                Assert.True(double.IsFinite(result.Loss), $"case {i}: {result.Reason} with loss {result.Loss}");
        }

        Assert.True(reasons.Count >= 5, string.Join(' ', reasons));

        float[] Draw(int count)
        {
            var values = new float[count];
            foreach (ref var value in values.AsSpan())
                value = numbers[random.Between(0, random.Between(0, 4) == 0 ? numbers.Length - 1 : 5)];
            return values;
        }
    }

    [Fact]
    public void The_first_step_of_Lbfgs_suits_any_unit()
    {
        // The optimum scales with the unit: the loss is the same. 2.4580 is Newton's.
        float[] x = [1f, 2f, 3f, -1f], y = [1, 0, 1, 0];
        var expected = Fitted(1f);
        for (var exponent = -18; exponent <= 18; exponent++)
            Assert.Equal(expected, Fitted(MathF.Pow(10, exponent)), 1e-6);
        Assert.Equal(2.4580, expected, 1e-4);

        double Fitted(float unit)
        {
            var weights = new float[1];
            var scaled = Array.ConvertAll(x, value => value * unit);
            var result = Lbfgs.Minimize<Logit>(new(new DesignMatrix(scaled, 1), y), weights, new() { GradientTolerance = 1e-7 * unit });
            Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{unit}: {result.Reason}");
            return result.Loss;
        }
    }

    [Fact]
    public void Curvature_beyond_float32_is_no_optimum()
    {
        var weights = new float[1];
        var result = Newton.Minimize<Logit>(new(new DesignMatrix([1e30f, 2e30f, 3e30f, -1e30f], 1), [1f, 0f, 1f, 0f]), weights);
        Assert.Equal((StopReason.Diverged, 0f), (result.Reason, weights[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void What_a_block_throws_comes_out_as_itself(int threads)
    {
        foreach (var thrown in new Exception[] { new TimeoutException("disk"), new ArgumentException("mine"), new OperationCanceledException("mine too") })
        {
            foreach (var at in new[] { 0, 2048 })
            {
                foreach (var fit in FitsOfBlocks)
                    Assert.Same(thrown, Assert.Throws(thrown.GetType(), () => fit(new Lying(5000) { Throws = thrown, From = at }, new float[2], threads)));
                Assert.Same(thrown, Assert.Throws(thrown.GetType(), () => Lipschitz.EstimateBlocks(new Lying(5000) { Throws = thrown, From = at }, maxDegreeOfParallelism: threads)));
            }
        }

        // Blocks of another shape than was said.
        foreach (var fit in FitsOfBlocks)
            Assert.Throws<ArgumentException>(() => fit(new Lying(5000) { Extra = 1 }, new float[2], threads));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Blocks_that_lie_of_their_rows_get_an_exception_and_no_endless_loop(int threads)
    {
        foreach (var rows in new[] { 0, -1, int.MaxValue })
        {
            foreach (var fit in FitsOfBlocks)
            {
                Assert.Contains("returned", Assert.Throws<InvalidOperationException>(() => fit(new Lying(5000) { Gives = rows }, new float[2], threads)).Message, StringComparison.Ordinal);

                // Honest in the first pass (of sgd, the first block), not when asked for the culprit.
                var honest = fit == FitsOfBlocks[^1] ? 4 : 5;
                Assert.Contains("returned", Assert.Throws<InvalidOperationException>(() => fit(new Lying(5000) { Gives = rows, Bad = float.NaN, HonestReads = honest }, new float[2], 1)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_search_for_the_culprit_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var blocks = new Lying(50_000) { Bad = float.NaN, OnRead = reads => Cancel(source, reads) };
        var result = Lbfgs.MinimizeBlocks<Logit>(blocks, new float[2], cancellationToken: source.Token);
        Assert.True(result.Reason is StopReason.Diverged or StopReason.Cancelled, $"{result.Reason}");
        Assert.Null(result.NonFiniteRow);

        static void Cancel(CancellationTokenSource source, int reads)
        {
            if (reads > 1)
                source.Cancel();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_pass_is_left_where_it_is_when_the_caller_cancels(int threads)
    {
        foreach (var fit in FitsOfBlocks)
        {
            using var source = new CancellationTokenSource();
            var (weights, read) = (new[] { 0.25f, 0.5f }, 0);
            var blocks = new Lying(1 << 20) { OnRead = reads => Cancel(source, read = reads) };
            var result = fit(blocks, weights, threads, source.Token);
            Assert.Equal(StopReason.Cancelled, result.Reason);
            Assert.True(double.IsNaN(result.Loss));
            Assert.InRange(read, 3, 3 + threads);
            Bits.Equal([0.25f, 0.5f], weights, "untouched");
        }

        static void Cancel(CancellationTokenSource source, int reads)
        {
            if (reads == 3)
                source.Cancel();
        }
    }

    [Fact]
    public void Impossible_numbers_of_rows_and_columns_are_refused()
    {
        foreach (var rows in new[] { -1, long.MinValue })
        {
            foreach (var fit in FitsOfBlocks)
                Assert.Equal("data", Assert.Throws<ArgumentException>(() => fit(new Lying(rows), new float[2], 1)).ParamName);
            Assert.Equal("data", Assert.Throws<ArgumentException>(() => Lipschitz.EstimateBlocks(new Lying(rows))).ParamName);
        }

        foreach (var columns in new[] { -1, int.MinValue, int.MaxValue })
        {
            foreach (var fit in FitsOfBlocks)
                Assert.Equal("data", Assert.Throws<ArgumentException>(() => fit(new Lying(9) { Says = columns }, new float[2], 1)).ParamName);
            Assert.Equal("data", Assert.Throws<ArgumentException>(() => Lipschitz.EstimateBlocks(new Lying(9) { Says = columns })).ParamName);
        }

        foreach (var rows in new[] { 1L << 40, long.MaxValue })
        {
            var e = Assert.Throws<ArgumentException>(() => StochasticGradientDescent.MinimizeBlocks<Logit>(new Lying(rows), new float[2]));
            Assert.Equal("options", e.ParamName);
            Assert.Contains("BlockRows must be larger", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, Lipschitz.OfGramMatrix(new([], 0, int.MaxValue, int.MaxValue)));
        Assert.Equal((0, 0), Lipschitz.Estimate(new(new([], 0, int.MaxValue, int.MaxValue), [])));
    }

    private static readonly FitBlocks[] FitsOfBlocks =
    [
        (data, weights, threads, token) => GradientDescent.MinimizeBlocks<Logit>(data, weights, new() { MaxDegreeOfParallelism = threads, LearningRate = 1e-3, MaxIterations = 3 }, null, token),
        (data, weights, threads, token) => Lbfgs.MinimizeBlocks<Logit>(data, weights, new() { MaxDegreeOfParallelism = threads, MaxIterations = 3 }, null, token),
        (data, weights, threads, token) => StochasticGradientDescent.MinimizeBlocks<Logit>(data, weights, new() { MaxDegreeOfParallelism = threads, MaxIterations = 2, BlockRows = 4096 }, null, token),
    ];

    /// <summary>One column and an intercept; blocks that say one thing and do another.</summary>
    private sealed class Lying(long rows) : ObservationBlocks
    {
        private const int MostReads = 100_000;

        private int _reads;

        public override long Rows => rows;

        public override int Columns => Says;

        public override bool HasIntercept => true;

        public int Says { get; init; } = 1;

        public int Extra { get; init; }

        public float Bad { get; init; } = 1f;

        public int? Gives { get; init; }

        public int HonestReads { get; init; }

        public Exception? Throws { get; init; }

        public long From { get; init; }

        public Action<int>? OnRead { get; init; }

        public override Observations Read(long start, int most)
        {
            var reads = Interlocked.Increment(ref _reads);
            OnRead?.Invoke(reads);
            if (reads > MostReads)
                throw new NotSupportedException("still reading"); // an endless loop is a failure, and no hang
            if (Throws is not null && start >= From)
                throw Throws;
            var count = Math.Min(most, 1024);
            if (Gives is { } gives && reads > HonestReads)
                count = gives == int.MaxValue ? most + 1 : Math.Max(gives, 0);
            var x = new float[count * (1 + Extra)];
            Array.Fill(x, Bad);
            return new(new(x, count, 1 + Extra, 1 + Extra, intercept: true), new float[count]);
        }
    }
}
