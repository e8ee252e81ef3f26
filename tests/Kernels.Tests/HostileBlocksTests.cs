using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Blocks of rows that lie or throw, and callers who cancel: an exception that says so, the caller's own as themselves, never an
/// endless loop.</summary>
public class HostileBlocksTests
{
    private delegate TrainingResult FitBlocks(ObservationBlocks data, float[] weights, int threads, CancellationToken token = default);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void What_a_block_throws_comes_out_as_itself(int threads)
    {
        foreach (var thrown in new Exception[]
        {
            new TimeoutException("disk"), new ArgumentException("mine"), new OperationCanceledException("mine too"),
        })
        {
            foreach (var at in new[] { 0, 2048 })
            {
                foreach (var fit in FitsOfBlocks)
                    Assert.Same(thrown,
                        Assert.Throws(thrown.GetType(), () => fit(new Lying(5000) { Throws = thrown, From = at }, new float[2], threads)));
                Assert.Same(thrown, Assert.Throws(thrown.GetType(), () =>
                    Lipschitz.EstimateBlocks(new Lying(5000) { Throws = thrown, From = at }, maxDegreeOfParallelism: threads)));
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
                Assert.Contains("returned", Assert.Throws<InvalidOperationException>(() =>
                    fit(new Lying(5000) { Gives = rows }, new float[2], threads)).Message, StringComparison.Ordinal);

                // Honest in the first pass (of sgd, the first block), not when asked for the culprit.
                var honest = fit == FitsOfBlocks[^1] ? 4 : 5;
                Assert.Contains("returned",
                    Assert.Throws<InvalidOperationException>(() =>
                    fit(new Lying(5000) { Gives = rows, Bad = float.NaN, HonestReads = honest }, new float[2], 1)).Message,
                    StringComparison.Ordinal);
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
                Assert.Equal("data",
                    Assert.Throws<ArgumentException>(() => fit(new Lying(9) { Says = columns }, new float[2], 1)).ParamName);
            Assert.Equal("data",
                Assert.Throws<ArgumentException>(() => Lipschitz.EstimateBlocks(new Lying(9) { Says = columns })).ParamName);
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
        (data, weights, threads, token) => GradientDescent.MinimizeBlocks<Logit>(data, weights,
            new() { MaxDegreeOfParallelism = threads, LearningRate = 1e-3, MaxIterations = 3 }, null, token),
        (data, weights, threads, token) =>
            Lbfgs.MinimizeBlocks<Logit>(data, weights, new() { MaxDegreeOfParallelism = threads, MaxIterations = 3 }, null, token),
        (data, weights, threads, token) => StochasticGradientDescent.MinimizeBlocks<Logit>(data, weights,
            new() { MaxDegreeOfParallelism = threads, MaxIterations = 2, BlockRows = 4096 }, null, token),
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
