using System.Globalization;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.Support.Fits;

namespace Kernels.Tests;

/// <summary>What a fit says of rows without an optimum, of those that it cannot take, and of where it was ended.</summary>
public class FitVerdictTests
{
    [Theory]
    [InlineData("1,0 2,0 3,1 4,1", FitStatus.Separated, "0")]
    [InlineData("1,0 2,0 2,1 3,1 4,1", FitStatus.Separated, "0,1")] // quasi-separated: only the rows at 2 disagree
    [InlineData("1,1 2,1 3,1", FitStatus.ConstantTarget, "")]
    [InlineData("1,0 2,0 3,0", FitStatus.ConstantTarget, "")]
    [InlineData("1,0 2,1 3,0 4,1 5,0 6,1", FitStatus.Optimum, "")]
    [InlineData("", FitStatus.NoRows, "")]
    public void Labels_without_an_optimum_are_told(string rows, FitStatus expected, string separating)
    {
        var (x, y) = Parse(rows);
        var fit = Fitter.Fit<Logit>(new(new DesignMatrix(x, 1, intercept: true), y));
        Assert.Equal(expected, fit.Status);
        Assert.Equal(separating.Length > 0, fit.Separating.Count > 0);
        if (separating.Length > 0)
            Assert.Contains(0, fit.Separating);
        Assert.Equal(expected == FitStatus.Optimum, fit.IsOptimum);
        Assert.Equal(expected == FitStatus.Optimum, fit.StandardErrors.Count > 0);

        // A penalty has an optimum, but none for one class: the intercept is not penalised.
        if (expected == FitStatus.Separated)
            Assert.Equal(FitStatus.Optimum, Fitter.Fit<Logit>(new(new DesignMatrix(x, 1, intercept: true), y), new() { L2 = 0.1 }).Status);
        if (expected == FitStatus.ConstantTarget)
            Assert.Equal(expected, Fitter.Fit<Logit>(new(new DesignMatrix(x, 1, intercept: true), y), new() { L2 = 0.1 }).Status);
    }

    [Fact]
    public void A_start_far_out_does_not_hide_a_separation()
    {
        var fit = Fitter.Fit<Logit>(new(new DesignMatrix([1f, 2, 3, 4], 1, intercept: true), [0f, 0, 1, 1]), start: [30, -75]);
        Assert.Equal(FitStatus.Separated, fit.Status);
    }

    [Fact]
    public void Counts_without_an_optimum_are_told()
    {
        Assert.Equal(FitStatus.ConstantTarget, Fitter.Fit<Log>(new(new DesignMatrix([1f, 2, 3], 1, intercept: true), [0f, 0, 0])).Status);

        // A flag whose rows are all 0.
        var fit = Fitter.Fit<Log>(new(new DesignMatrix([0f, 0, 0, 1, 1], 1, intercept: true), [3f, 1, 2, 0, 0]));
        Assert.Equal((FitStatus.Separated, 0), (fit.Status, fit.Separating[0]));
    }

    [Fact]
    public void Nearly_separable_rows_have_an_optimum()
    {
        float[] x = [.. Enumerable.Range(0, 40).Select(i => (float)i)];
        float[] y = [.. Enumerable.Range(0, 40).Select(i => i is < 19 or 20 ? 0f : 1f)];
        var fit = Fitter.Fit<Logit>(new(new DesignMatrix(x, 1, intercept: true), y));
        Assert.Equal(FitStatus.Optimum, fit.Status);
    }

    [Fact]
    public void Collinear_columns_are_named_and_left_out()
    {
        var random = new SplitMix(2);
        var p = new Problem(50, 4, intercept: true).FillX((_, _) => random.Between(-9, 9));
        for (var i = 0; i < 50; i++)
        {
            p[i, 2] = p[i, 0] - (2 * p[i, 1]);
            p[i, 3] = 5_000_000;
            p.Y[i] = random.Between(0, 1);
        }

        var fit = Fitter.Fit<Logit>(new(p.X, p.Y));
        Assert.Equal(FitStatus.Collinear, fit.Status);
        Assert.Equal([2, 3], fit.Aliased);
        Assert.Equal((0, 0), (fit.Coefficients[2], fit.Coefficients[3]));
        Assert.Equal(50 - 3, fit.DegreesOfFreedom);

        // Noise of a millionth is no dependence.
        for (var i = 0; i < 50; i++)
            (p[i, 2], p[i, 3]) = (p[i, 0] + (random.PlusMinusOne() * 1e-4f), random.PlusMinusOne());
        Assert.Equal(FitStatus.Optimum, Fitter.Fit<Logit>(new(p.X, p.Y)).Status);
    }

    [Fact]
    public void Rows_that_cannot_be_fitted_are_refused_or_named()
    {
        var p = Random(4, 20, 2);
        var weights = Enumerable.Repeat(1f, 20).ToArray();
        weights[6] = -1;
        var e = Throws(() => Fitter.Fit<Logit>(new(p.X, p.Y) { SampleWeights = weights }));
        Assert.Contains("row 7 is -1", e.Message, StringComparison.Ordinal);
        Array.Clear(weights);
        Assert.Equal(FitStatus.NoRows, Fitter.Fit<Logit>(new(p.X, p.Y) { SampleWeights = weights }).Status);
        p.Y[3] = 2;
        Assert.Contains("row 4 is 2", Throws(() => Fitter.Fit<Logit>(new(p.X, p.Y))).Message, StringComparison.Ordinal);
        p.Y[3] = -1;
        Assert.Contains("row 4 is -1", Throws(() => Fitter.Fit<Log>(new(p.X, p.Y))).Message, StringComparison.Ordinal);
        p.Y[3] = 1;
        p[9, 1] = float.NaN;
        var fit = Fitter.Fit<Logit>(new(p.X, p.Y));
        Assert.Equal((FitStatus.NonFinite, 9L), (fit.Status, fit.NonFiniteRow));
        fit = Fitter.Fit<Logit>(new(p.X, p.Y) { RowsWithNaN = RowsWithNaN.Skip });
        Assert.Equal((FitStatus.Optimum, 1L, 19L), (fit.Status, fit.SkippedRows, fit.Rows));
        p[9, 1] = float.PositiveInfinity;
        Assert.Equal(FitStatus.NonFinite, Fitter.Fit<Logit>(new(p.X, p.Y) { RowsWithNaN = RowsWithNaN.Skip }).Status);

        static ArgumentException Throws(Action call) => Assert.Throws<ArgumentException>("data", call);
    }

    [Fact]
    public void Limits_and_cancelling_are_told_with_what_was_reached()
    {
        var p = Random(6, 100, 3);
        var limited = Fitter.Fit<Logit>(new(p.X, p.Y), new() { MaxPasses = 3 });
        Assert.Equal((FitStatus.IterationLimit, 3), (limited.Status, limited.Passes));
        Assert.True(limited.Decrement > 1e-3);
        Assert.Empty(limited.StandardErrors);
        using var source = new CancellationTokenSource();
        var cancelled = Fitter.Fit<Logit>(new(p.X, p.Y), progress: now => Cancel(now), cancellationToken: source.Token);
        Assert.Equal(FitStatus.Cancelled, cancelled.Status);
        Assert.Equal(limited.Coefficients, cancelled.Coefficients);
        foreach (var bad in new FitOptions[]
        {
            new() { L1 = -1 }, new() { L2 = double.NaN }, new() { Tolerance = 0 }, new() { MaxPasses = -1 }, new()
            {
                MaxDegreeOfParallelism = 0,
            },
        })
            Assert.Throws<ArgumentOutOfRangeException>(() => Fitter.Fit<Logit>(new(p.X, p.Y), bad));

        void Cancel(FitProgress now)
        {
            if (now.Pass == 3)
                source.Cancel();
        }
    }

    [Fact]
    public void A_fit_of_rows_less_a_constant_is_told_in_the_units_of_the_rows_as_they_were()
    {
        var p = Random(6, 100, 2);
        var moved = Random(6, 100, 2).FillX((i, j) => p[i, j] + (j == 0 ? 8 : -16)); // exact
        for (var i = 0; i < 100; i++)
            p[i, 0] = moved[i, 0] - 8; // as far as float32 keeps them
        for (var i = 0; i < 100; i++)
            p[i, 1] = moved[i, 1] + 16;
        var (shifted, plain) = (Fitter.Fit<Logit>(new(p.X, p.Y)).Shifted([8, -16]), Fitter.Fit<Logit>(new(moved.X, p.Y)));
        for (var j = 0; j < 3; j++)
        {
            Near(plain.Coefficients[j], shifted.Coefficients[j], 1e-9 * Math.Abs(plain.Coefficients[j]), $"coefficient {j}");
            Near(plain.StandardErrors[j], shifted.StandardErrors[j], 1e-9 * plain.StandardErrors[j], $"error {j}");
        }

        for (var j = 0; j < 6; j++)
            Near(plain.Covariance[j], shifted.Covariance[j], 1e-8 * Math.Abs(plain.Covariance[j]), $"covariance {j}");
        Near(plain.Means[1], shifted.Means[1], 1e-9, "mean");
        Assert.Equal("constants", Assert.Throws<ArgumentException>(() => shifted.Shifted([1])).ParamName);
    }

    [Fact]
    public void A_column_that_float32_has_rounded_is_told()
    {
        var set = CertifiedSet.Of("unix");
        var fit = Fit("identity", set.Data, new());
        Assert.Equal((0, 128.0), (fit.Rounded.Single().Column, fit.Rounded.Single().Spacing));
        Assert.Empty(Fit("identity", CertifiedSet.Of("longley").Data, new()).Rounded);
    }

    private static (float[] X, float[] Y) Parse(string rows)
    {
        var pairs = rows.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => Array.ConvertAll(row.Split(','), text => float.Parse(text, CultureInfo.InvariantCulture))).ToArray();
        return (Array.ConvertAll(pairs, pair => pair[0]), Array.ConvertAll(pairs, pair => pair[1]));
    }
}
