using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Rows handed over in chunks, and fits of more rows than a chunk has.</summary>
public class ChunkTests
{
    // Three chunks of a fit and a part of one.
    private const int Rows = (3 * 65_536) + 777;

    [Theory]
    [InlineData(0, 7)]
    [InlineData(1, 7)]
    [InlineData(100, 7)]
    [InlineData(98, 7)]
    [InlineData(100, 1000)]
    [InlineData(100, int.MaxValue)]
    public void Every_row_comes_once_with_what_belongs_to_it(int rows, int chunkRows)
    {
        var p = new WeightedProblem(5, DoubleOracle.Model.Logistic, rows, 9, intercept: true);
        using var team = new ThreadTeam(3);
        foreach (var options in new[] { null, new ParallelOptions(), new ParallelOptions { MaxDegreeOfParallelism = 1 }, team })
        {
            var seen = new int[rows];
            p.Data.ForEachChunk(
                chunkRows,
                (in some, first) =>
                {
                    Assert.True(some.X.Rows == Math.Min(chunkRows, rows - first) && some.X.HasIntercept && first % chunkRows == 0);
                    for (var i = 0; i < some.X.Rows; i++)
                    {
                        Assert.Equal(p.P.X.Row(first + i), some.X.Row(i));
                        Assert.Equal((p.P.Y[first + i], p.SampleWeights[first + i], p.Offset[first + i]),
                            (some.Targets[i], some.SampleWeights[i], some.Offset[i]));
                        Interlocked.Increment(ref seen[first + i]);
                    }
                },
                options);
            Assert.All(seen, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Rows_without_weights_offsets_or_columns_have_none_in_chunks()
    {
        var data = new Observations(new DesignMatrix(default, 10, 0, 0, intercept: true), new float[10]) { RowsWithNaN = RowsWithNaN.Skip };
        var chunks = 0;
        data.ForEachChunk(
            4,
            (in some, _) =>
            {
                Assert.True(some.SampleWeights.IsEmpty && some.Offset.IsEmpty && some.X.Columns == 0
                    && some.RowsWithNaN == RowsWithNaN.Skip);
                Interlocked.Increment(ref chunks);
            },
            new ParallelOptions());
        Assert.Equal(3, chunks);
    }

    [Fact]
    public void Wrong_calls_are_refused_and_what_is_thrown_or_cancelled_comes_out()
    {
        var p = Problem.Random(3, 100, 4);
        Assert.Equal("chunkRows",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Observations(p.X, p.Y).ForEachChunk(0, (in _, _) => { })).ParamName);
        Assert.Equal("work", Assert.Throws<ArgumentNullException>(() => new Observations(p.X, p.Y).ForEachChunk(1, null!)).ParamName);
        Assert.Throws<FormatException>(() => new Observations(p.X, p.Y).ForEachChunk(10, (in _, _) => throw new FormatException()));
        Assert.IsType<FormatException>(Assert.Throws<AggregateException>(
            () => new Observations(p.X, p.Y)
                .ForEachChunk(10, (in _, _) => throw new FormatException(), new ParallelOptions())).InnerExceptions[0]);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        foreach (var threads in new[] { 1, 2 })
        {
            Assert.Throws<OperationCanceledException>(() => new Observations(p.X, p.Y).ForEachChunk(
                10, (in _, _) => Assert.Fail("it was cancelled"), new ParallelOptions
                {
                    CancellationToken = cancelled.Token,
                    MaxDegreeOfParallelism = threads,
                }));
        }
    }

    [Theory]
    [InlineData("logit")]
    [InlineData("log")]
    [InlineData("identity")]
    public void A_fit_has_the_same_bits_on_any_number_of_threads_and_in_blocks(string link)
    {
        Assert.SkipWhen(Grid.IsThinned, "the bits of a pass are those of the other widths");
        var (p, random) = (new WeightedProblem(11, DoubleOracle.Model.Logistic, Rows, 3, intercept: true), new SplitMix(12));
        for (var i = 0; i < Rows; i++)
        {
            if (i % 1000 == 999)
                p.P[i, i % 3] = float.NaN;
            if (link == "log")
                p.P.Y[i] = random.Between(0, 3);
        }

        var one = Fit(1, blocks: false);
        Assert.Equal(FitStatus.Optimum, one.Status);
        Assert.Equal(Enumerable.Range(0, Rows).Count(i => i % 1000 == 999 && p.SampleWeights[i] != 0), one.SkippedRows);
        foreach (var (threads, blocks) in new[] { (2, false), (3, false), (-1, false), (1, true), (4, true) })
        {
            var other = Fit(threads, blocks);
            Assert.Equal(Numbers(one), Numbers(other));
        }

        FitResult Fit(int threads, bool blocks)
        {
            var options = new FitOptions { MaxDegreeOfParallelism = threads, RobustErrors = true };
            var data = new Observations(p.P.X, p.P.Y)
            {
                SampleWeights = p.SampleWeights,
                Offset = p.Offset,
                RowsWithNaN = RowsWithNaN.Skip,
            };
            return (link, blocks) switch
            {
                ("logit", false) => Fitter.Fit<Logit>(data, options),
                ("logit", true) => Fitter.FitBlocks<Logit>(new Pieces(p), options),
                ("log", false) => Fitter.Fit<Log>(data, options),
                ("log", true) => Fitter.FitBlocks<Log>(new Pieces(p), options),
                (_, false) => Fitter.Fit<Identity>(data, options),
                _ => Fitter.FitBlocks<Identity>(new Pieces(p), options),
            };
        }

        static long[] Numbers(FitResult fit) =>
            [.. fit.Coefficients.Concat(fit.StandardErrors).Concat(fit.Covariance).Concat([fit.Deviance, fit.NullDeviance])
                .Select(BitConverter.DoubleToInt64Bits)];
    }

    private sealed class Pieces(WeightedProblem p) : ObservationBlocks
    {
        public override long Rows => p.P.Rows;

        public override int Columns => p.P.Columns;

        public override bool HasIntercept => true;

        public override Observations Read(long start, int most)
        {
            var rows = Math.Min(most, 5_000 + (int)(start % 7));
            return new Observations(p.P.X.Slice((int)start, rows), p.P.Y.AsSpan((int)start, rows))
            {
                SampleWeights = p.SampleWeights.AsSpan((int)start, rows),
                Offset = p.Offset.AsSpan((int)start, rows),
                RowsWithNaN = RowsWithNaN.Skip,
            };
        }
    }
}
