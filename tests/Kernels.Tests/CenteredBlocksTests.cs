using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Rows less a constant a column: what float32 searches need of columns far from 0.</summary>
public sealed class CenteredBlocksTests
{
    private const int Rows = 4000;
    private const int Columns = 5;

    // Seconds since 1970 within three hours, in float32 128 apart; years; and columns near 0.
    private static readonly float[] Means = [1.7e9f, 2010, 3, 0, -1];
    private static readonly float[] Scales = [4e3f, 12, 1, 1, 20];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_float32_search_finds_the_optimum_of_columns_far_from_0(int threads)
    {
        var rows = new FarRows();
        var fit = Fitter.FitBlocks<Logit>(rows);
        Assert.Equal(FitStatus.Optimum, fit.Status);
        var centered = CenteredBlocks.Of(rows);
        var weights = new float[Columns + 1];
        var options = new LbfgsOptions { MaxDegreeOfParallelism = threads };
        var search = Lbfgs.MinimizeBlocks<Logit>(centered, weights, options);
        Assert.True(search.Reason is StopReason.Converged or StopReason.Stalled, $"{search.Reason}");
        Assert.InRange(Distance(fit, centered.Coefficients(weights)), 0, 1e-3);
        Assert.Equal([true, true, false, false, false], centered.Centers.Select(center => center != 0));

        // And without: the reason for all of it.
        var raw = new float[Columns + 1];
        Lbfgs.MinimizeBlocks<Logit>(rows, raw, options);
        Assert.True(Distance(fit, Array.ConvertAll(raw, w => (double)w)) > 0.02);
    }

    [Fact]
    public void A_search_has_the_bits_of_rows_that_were_centred_before()
    {
        var rows = new FarRows();
        var centered = CenteredBlocks.Of(rows);
        var x = new float[Rows * Columns];
        for (var i = 0; i < x.Length; i++)
            x[i] = rows.X[i] - centered.Centers[i % Columns];
        var (one, many) = (new float[Columns + 1], new float[Columns + 1]);
        Lbfgs.Minimize<Logit>(new(new DesignMatrix(x, Rows, Columns, Columns, intercept: true), rows.Y), one);
        Lbfgs.MinimizeBlocks<Logit>(centered, many);
        Bits.Equal(one, many, "centred");
        Assert.Equal((rows.Rows, rows.Columns, true), (centered.Rows, centered.Columns, centered.HasIntercept));
    }

    [Fact]
    public void Coefficients_and_weights_are_each_others_inverse()
    {
        var centered = new CenteredBlocks(new FarRows(), [1.7e9f, 0, 2, 0, -3]);
        double[] coefficients = [1e-7, 0.25, -0.5, 2, 4, -170];
        var weights = centered.Weights(coefficients);
        Assert.Equal([1e-7f, 0.25f, -0.5f, 2, 4, (float)(-170 + (1.7e9f * 1e-7) - 1 - 12)], weights);
        var back = centered.Coefficients(weights);
        for (var j = 0; j < back.Length; j++)
            Assert.Equal(coefficients[j], back[j], 1e-5 + (1e-7 * Math.Abs(coefficients[j])));
    }

    [Fact]
    public void Few_rows_rows_with_NaN_and_no_rows_are_centred_as_well()
    {
        var none = new FarRows { Count = 0 };
        Assert.All(CenteredBlocks.Of(none).Centers, center => Assert.Equal(0, center));
        var some = new FarRows { Count = 3 };
        some.X[0] = float.NaN;
        Assert.Equal((some.X[Columns] + some.X[2 * Columns]) / 2, CenteredBlocks.Of(some).Centers[0]);
        Assert.True(float.IsNaN(CenteredBlocks.Of(some).Read(0, 3).X.Row(0)[0]));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var rows = new FarRows();
        Assert.Throws<ArgumentNullException>(() => new CenteredBlocks(null!, new float[Columns]));
        Assert.Throws<ArgumentNullException>(() => CenteredBlocks.Of(null!));
        Assert.Equal("centers", Assert.Throws<ArgumentException>(() => new CenteredBlocks(rows, new float[Columns - 1])).ParamName);
        Assert.Equal("centers",
            Assert.Throws<ArgumentException>(() => new CenteredBlocks(rows, [0, 0, 0, 0, float.PositiveInfinity])).ParamName);
        Assert.Equal("rows", Assert.Throws<ArgumentException>(() => CenteredBlocks.Of(new FarRows { Intercept = false })).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => CenteredBlocks.Of(rows).Coefficients(new float[5])).ParamName);
        Assert.Equal("coefficients", Assert.Throws<ArgumentException>(() => CenteredBlocks.Of(rows).Weights(new double[7])).ParamName);
    }

    // In standard errors, the largest.
    private static double Distance(FitResult fit, double[] coefficients) =>
        Enumerable.Range(0, coefficients.Length).Max(j => Math.Abs(coefficients[j] - fit.Coefficients[j]) / fit.StandardErrors[j]);

    private sealed class FarRows : ObservationBlocks
    {
        internal FarRows()
        {
            var random = new Random(7);
            for (var i = 0; i < CenteredBlocksTests.Rows; i++)
            {
                var margin = -0.5;
                for (var j = 0; j < CenteredBlocksTests.Columns; j++)
                {
                    var z = (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2;
                    X[(i * CenteredBlocksTests.Columns) + j] = (float)(Means[j] + (Scales[j] * z));
                    margin += z * (j - 1.5) / 2;
                }

                Y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;
            }
        }

        internal float[] X { get; } = new float[CenteredBlocksTests.Rows * CenteredBlocksTests.Columns];

        internal float[] Y { get; } = new float[CenteredBlocksTests.Rows];

        internal int Count { get; init; } = CenteredBlocksTests.Rows;

        internal bool Intercept { get; init; } = true;

        public override long Rows => Count;

        public override int Columns => CenteredBlocksTests.Columns;

        public override bool HasIntercept => Intercept;

        public override Observations Read(long start, int most)
        {
            var rows = Math.Min(Math.Min(most, Count - (int)start), 700);
            var x = new DesignMatrix(X.AsSpan((int)start * Columns, rows * Columns), rows, Columns, Columns, Intercept);
            return new(x, Y.AsSpan((int)start, rows));
        }
    }
}
