using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Training over blocks: the bits of training on one span.</summary>
public class ObservationBlocksTests
{
    public static TheoryData<int, int> Cases => new() { { 0, 1 }, { 1, 1 }, { 500, 1 }, { 5000, 1 }, { 5000, 3 }, { 70_000, 4 } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_optimiser_reaches_the_bits_of_one_span(int rows, int threads)
    {
        if (Grid.IsThinned && rows > 5000)
            Assert.Skip("fused multiply-add in software");
        foreach (var weighted in new[] { false, true })
        {
            var p = new WeightedProblem((ulong)rows, DoubleOracle.Model.Logistic, rows, 6, scale: 1f);
            for (var i = 3; i < rows; i += 41)
                p.P[i, i % 6] = float.NaN;
            for (var i = 5; i < rows; i += 97)
                p.P.Y[i] = float.NaN;
            var data = new Observations(p.P.X, p.P.Y)
            {
                SampleWeights = weighted ? p.SampleWeights : default,
                Offset = p.Offset,
                RowsWithNaN = RowsWithNaN.Skip,
            };
            var blocks = new Blocks(p, weighted);
            var (one, many) = (new float[7], new float[7]);
            Same(
                GradientDescent.Minimize<Logit>(data, one, new() { MaxIterations = 25, L1 = 0.5 }),
                GradientDescent.MinimizeBlocks<Logit>(blocks, many, new()
                {
                    MaxIterations = 25,
                    L1 = 0.5,
                    MaxDegreeOfParallelism = threads,
                }));
            Same(
                Lbfgs.Minimize<Logit>(data, one, new() { MaxIterations = 25, L2 = 0.5 }),
                Lbfgs.MinimizeBlocks<Logit>(blocks, many, new() { MaxIterations = 25, L2 = 0.5, MaxDegreeOfParallelism = threads }));
            Same(
                StochasticGradientDescent.Minimize<Logit>(data, one, new()
                {
                    MaxIterations = 2,
                    BlockRows = 1500,
                    GradientTolerance = 1e-9,
                }),
                StochasticGradientDescent.MinimizeBlocks<Logit>(blocks, many, new()
                {
                    MaxIterations = 2,
                    BlockRows = 1500,
                    GradientTolerance = 1e-9,
                    MaxDegreeOfParallelism = threads,
                }));

            void Same(TrainingResult expected, TrainingResult actual)
            {
                Bits.Equal(one, many, $"{rows} rows, weighted {weighted}");
                Assert.Equal(expected.Losses, actual.Losses);
                Assert.Equal((expected.Reason, expected.Iterations, expected.Loss, expected.SkippedRows),
                    (actual.Reason, actual.Iterations, actual.Loss, actual.SkippedRows));
                Array.Clear(one);
                Array.Clear(many);
            }
        }
    }

    [Fact]
    public void A_row_that_is_not_finite_is_found_beyond_the_first_block()
    {
        var p = new WeightedProblem(3, DoubleOracle.Model.Logistic, 4000, 6);
        p.P[3210, 4] = float.PositiveInfinity;
        Array.Fill(p.SampleWeights, 1f);
        var result = Lbfgs.MinimizeBlocks<Logit>(new Blocks(p, weighted: true), new float[7]);
        Assert.Equal((StopReason.NonFinite, 3210L), (result.Reason, result.NonFiniteRow));
    }

    [Fact]
    public void Wrong_blocks_and_arguments_are_refused()
    {
        var p = new WeightedProblem(5, DoubleOracle.Model.Logistic, 3000, 6);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => Lbfgs.MinimizeBlocks<Logit>(new Blocks(p, false), new float[6])).ParamName);
        Assert.Throws<ArgumentNullException>(() => Lbfgs.MinimizeBlocks<Logit>(null!, new float[6]));
        Assert.Contains("returned 0 rows", Assert.Throws<InvalidOperationException>(() =>
            Lbfgs.MinimizeBlocks<Logit>(new Blocks(p, false) { IsEmpty = true }, new float[7])).Message, StringComparison.Ordinal);
    }

    /// <summary>Pieces of odd sizes.</summary>
    private sealed class Blocks(WeightedProblem p, bool weighted) : ObservationBlocks
    {
        public override long Rows => p.P.Rows;

        public override int Columns => p.P.Columns;

        public override bool HasIntercept => p.P.HasIntercept;

        public bool IsEmpty { get; init; }

        public override Observations Read(long start, int most)
        {
            var rows = IsEmpty ? 0 : Math.Min(most, 1 + (int)(start * 31 % 900));
            return new Observations(p.P.X, p.P.Y)
            {
                SampleWeights = weighted ? p.SampleWeights : default,
                Offset = p.Offset,
                RowsWithNaN = RowsWithNaN.Skip,
            }
                .Slice((int)start, rows);
        }
    }
}
