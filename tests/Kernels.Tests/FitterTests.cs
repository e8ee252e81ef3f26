using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.Support.Fits;

namespace Kernels.Tests;

/// <summary>The optimum whatever the units, and its errors.</summary>
public class FitterTests
{
    public static TheoryData<string> Sets => [.. CertifiedSet.All];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Certified_coefficients_and_errors_are_reached_in_few_passes(string name)
    {
        var set = CertifiedSet.Of(name);
        var fit = Fit(set.Link, set.Data, new());
        Assert.Equal(set.Errors.Any(double.IsNaN) ? FitStatus.Collinear : FitStatus.Optimum, fit.Status);
        for (var j = 0; j < set.Coefficients.Length; j++)
        {
            Near(set.Coefficients[j], fit.Coefficients[j], 1e-6 * Math.Abs(set.Coefficients[j]), $"coefficient {j}");
            if (double.IsNaN(set.Errors[j]))
                Assert.True(double.IsNaN(fit.StandardErrors[j]));
            else
                Near(set.Errors[j], fit.StandardErrors[j], (1e-5 * set.Errors[j]) + (1e-9 * Math.Abs(set.Coefficients[j])), $"error {j}");
        }

        Near(set.Deviance, fit.Deviance, (1e-8 * set.Deviance) + 1e-9, "deviance");
        Assert.InRange(fit.Passes, 3, set.IterationsOfR + 3);
        Assert.Equal(set.Data.X.Rows - set.Errors.Count(error => !double.IsNaN(error)), fit.DegreesOfFreedom);
    }

    [Theory]
    [InlineData("heart_scale")]
    [InlineData("iris")]
    [InlineData("mtcars am")]
    [InlineData("mtcars vs")]
    public void Certified_classics_are_reached_as_far_as_float32_data_hold_them(string name)
    {
        var data = CertifiedTests.Of(name);
        var fit = Fitter.Fit<Logit>(data.Data);
        Assert.Equal(FitStatus.Optimum, fit.Status);
        for (var j = 0; j < data.Weights.Length; j++)
            Near(data.Weights[j], fit.Coefficients[j], 1e-6 * Math.Abs(data.Weights[j]), $"coefficient {j}");
        Near(data.Deviance, fit.Deviance, 1e-7 * data.Deviance, "deviance");
    }

    [Fact]
    public void Units_of_columns_do_not_matter()
    {
        var plain = Random(3, 500, 4);
        var scales = new[] { 1e-9f, 1e9f, 1024f, 1f };
        var odd = Random(3, 500, 4);
        odd.FillX((i, j) => plain[i, j] * scales[j]);
        var (one, other) = (Fitter.Fit<Logit>(new(plain.X, plain.Y)), Fitter.Fit<Logit>(new(odd.X, odd.Y)));
        Assert.Equal((FitStatus.Optimum, one.Passes), (other.Status, other.Passes));
        for (var j = 0; j < 4; j++)
        {
            // A power of two changes nothing; 1e9 and 1e-9 round X to float32 once more.
            Near(one.Coefficients[j] / scales[j], other.Coefficients[j], 1e-6 * Math.Abs(one.Coefficients[j] / scales[j]),
                $"coefficient {j}");
            Near(one.Summary[j].Statistic, other.Summary[j].Statistic, 1e-6 * Math.Abs(one.Summary[j].Statistic) + 1e-9, $"statistic {j}");
        }
    }

    [Fact]
    public void Means_a_million_deviations_away_do_not_matter()
    {
        // Exact in float32: integers near 2^22 and the same around 0.
        var (near, far) = (new Problem(300, 2, intercept: true), new Problem(300, 2, intercept: true));
        var random = new SplitMix(8);
        near.FillX((_, _) => random.Between(-4, 4));
        far.FillX((i, j) => near[i, j] + (1 << 22));
        foreach (ref var y in near.Y.AsSpan())
            y = random.Between(0, 1);
        near.Y.CopyTo(far.Y, 0);
        var (one, other) = (Fitter.Fit<Logit>(new(near.X, near.Y)), Fitter.Fit<Logit>(new(far.X, far.Y)));
        for (var j = 0; j < 2; j++)
        {
            Near(one.Coefficients[j], other.Coefficients[j], 1e-12 * Math.Abs(one.Coefficients[j]), $"coefficient {j}");
            Near(one.StandardErrors[j], other.StandardErrors[j], 1e-12 * one.StandardErrors[j], $"error {j}");
        }

        Near(one.Coefficients[2], other.Coefficients[2] + ((1 << 22) * (other.Coefficients[0] + other.Coefficients[1])), 1e-8, "intercept");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void Threads_and_blocks_have_the_same_bits(int threads)
    {
        var p = new WeightedProblem(17, DoubleOracle.Model.Poisson, 6000, 7);
        var options = new FitOptions { MaxDegreeOfParallelism = threads };
        var one = Fitter.Fit<Log>(p.Data);
        var other = Fitter.Fit<Log>(p.Data, options);
        var blocks = Fitter.FitBlocks<Log>(new Blocks(p), options);
        Assert.Equal(FitStatus.Optimum, one.Status);
        Assert.Equal(one.Coefficients, other.Coefficients);
        Assert.Equal(one.Coefficients, blocks.Coefficients);
        Assert.Equal(one.Covariance, other.Covariance);
        Assert.Equal(one.Covariance, blocks.Covariance);
        Assert.Equal(one.NullDeviance, blocks.NullDeviance, 1e-9);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 0)]
    [InlineData(0, 20)]
    public void A_sample_to_begin_with_changes_the_way_and_not_the_optimum(double l2, double l1)
    {
        // Sorted by their labels, with a flag that is 0 in nearly every slice and a column that is 0 in the sample's: slices 0, 16, 32, …
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        const int Rows = 70_000, Columns = 14;
        var p = Random(19, Rows, Columns);
        for (var i = 0; i < Rows; i++)
        {
            p[i, 3] = i is > 60_000 and < 60_300 ? 1 : 0;
            p[i, 4] = i / 1024 % 16 == 0 ? 0 : p[i, 4] * 1000;
        }

        var (sorted, order) =
            (Problem.Random(19, Rows, Columns, intercept: true), Enumerable.Range(0, Rows).OrderBy(i => p.Y[i]).ToArray());
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
                sorted[i, j] = p[order[i], j];
            sorted.Y[i] = p.Y[order[i]];
        }

        foreach (var data in new[] { p, sorted })
        {
            var options = new FitOptions { L1 = l1, L2 = l2 };
            var passes = new List<double>();
            var fit = Fitter.Fit<Logit>(new(data.X, data.Y), options, progress: now => passes.Add(now.Deviance));
            var plain = Fitter.Fit<Logit>(new(data.X, data.Y), options, new double[Columns + 1]);
            Assert.Equal((FitStatus.Optimum, FitStatus.Optimum), (fit.Status, plain.Status));
            for (var j = 0; j <= Columns; j++)
                Near(plain.Coefficients[j], fit.Coefficients[j], 1e-6, $"coefficient {j}");
            Near(1, fit.Deviance / plain.Deviance, 1e-9, "deviance");
            Assert.InRange(fit.Passes, 4, 12);
            if (l1 == 0)
                Assert.InRange(passes.Count(double.IsFinite), 1, 4); // the others are for the gradient alone
            var blocks = Fitter.FitBlocks<Logit>(new ProblemBlocks(data), options with { MaxDegreeOfParallelism = 2 });
            Assert.Equal(fit.Coefficients, blocks.Coefficients);
        }
    }

    /// <summary>Gradients in float32 bring a fit near; what it reports is of float64, and the same as without them.</summary>
    [Theory]
    [InlineData("logit", 0, true)]
    [InlineData("log", 0, true)]
    [InlineData("identity", 0, true)]
    [InlineData("logit", 1000, false)]
    [InlineData("log", 1000, false)]
    [InlineData("identity", 1000, false)]
    public void Passes_for_the_gradient_alone_shorten_the_way_where_columns_are_near_0(string link, float shift, bool isShortened)
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        const int Rows = 70_000, Columns = 14;
        var p = Random(23, Rows, Columns);
        for (var i = 0; i < Rows; i++)
        {
            p[i, 2] += shift;
            p.Y[i] += link == "logit" ? 0 : i % 3;
        }

        var deviances = new List<double>();
        var (fit, blocks, plain) = link switch
        {
            "logit" => All<Logit>(),
            "log" => All<Log>(),
            _ => All<Identity>(),
        };
        Assert.Equal(isShortened, deviances.Exists(double.IsNaN));
        Assert.InRange(deviances.Count(double.IsFinite), 1, isShortened ? 3 : 6);
        Assert.True(double.IsFinite(deviances[^1]));
        Assert.Equal((FitStatus.Optimum, FitStatus.Optimum), (fit.Status, plain.Status));
        for (var j = 0; j <= Columns; j++)
        {
            Near(0, (fit.Coefficients[j] - plain.Coefficients[j]) / plain.StandardErrors[j], 1e-8, $"coefficient {j}");
            Near(1, fit.StandardErrors[j] / plain.StandardErrors[j], 1e-5, $"error {j}");
        }

        Near(1, fit.Deviance / plain.Deviance, 1e-9, "deviance");
        Assert.Equal(fit.Coefficients, blocks.Coefficients);
        Assert.Equal(fit.Covariance, blocks.Covariance);

        (FitResult, FitResult, FitResult) All<TLink>()
            where TLink : struct, ILink =>
            (Fitter.Fit<TLink>(new(p.X, p.Y), progress: now => deviances.Add(now.Deviance)),
             Fitter.FitBlocks<TLink>(new ProblemBlocks(p), new() { MaxDegreeOfParallelism = 2 }),
             Fitter.Fit<TLink>(new(p.X, p.Y), new() { Tolerance = 1e-9 }, new double[Columns + 1]));
    }

    /// <summary>Rows that all count once are looked at together, others one by one; a null model of outcomes has a closed
    /// form.</summary>
    [Fact]
    public void Weights_of_1_and_offsets_of_0_change_nothing()
    {
        var p = Random(29, 3_001, 11);
        var (ones, zeros) = (new float[3_001], new float[3_001]);
        Array.Fill(ones, 1f);
        var plain = Fitter.Fit<Logit>(new(p.X, p.Y));
        foreach (var other in new[]
        {
            Fitter.Fit<Logit>(new(p.X, p.Y) { SampleWeights = ones }), Fitter.Fit<Logit>(new(p.X, p.Y) { Offset = zeros }),
        })
        {
            Assert.Equal(plain.Means, other.Means);
            Assert.Equal(plain.Deviations, other.Deviations);
            Assert.Equal((plain.Rows, plain.Status), (other.Rows, other.Status));
            Near(1, other.NullDeviance / plain.NullDeviance, 1e-13, "null deviance");
            for (var j = 0; j < 12; j++)
                Near(0, (other.Coefficients[j] - plain.Coefficients[j]) / plain.StandardErrors[j], 1e-9, $"coefficient {j}");
        }
    }

    [Fact]
    public void Few_passes_are_not_spent_on_a_sample()
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        var p = Random(19, 70_000, 14);
        var fit = Fitter.Fit<Logit>(new(p.X, p.Y), new() { MaxPasses = 2 });
        Assert.Equal((FitStatus.IterationLimit, 2), (fit.Status, fit.Passes));
        Assert.True(double.IsFinite(fit.Decrement) && fit.Deviance > 0, $"{fit.Decrement}, {fit.Deviance}");
    }

    [Fact]
    public void Larger_data_begin_in_float32_and_end_in_float64()
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        var p = Random(9, 20_000, 25);
        var passes = new List<double>();
        var fit = Fitter.Fit<Logit>(new(p.X, p.Y), progress: now => passes.Add(now.Decrement));
        Assert.Equal(FitStatus.Optimum, fit.Status);
        Assert.InRange(fit.Passes, 4, 9);
        var (gradient, hessian) = (new double[26], new double[26 * 27 / 2]);
        Glm<Logit>.Hessian(new(p.X, p.Y), [.. fit.Coefficients], gradient, hessian);
        for (var j = 0; j < 26; j++)
            Near(0, gradient[j] * fit.StandardErrors[j], 1e-9, $"gradient {j}");
        var blocks = Fitter.FitBlocks<Logit>(new ProblemBlocks(p), new() { MaxDegreeOfParallelism = 2 });
        Assert.Equal(fit.Coefficients, blocks.Coefficients);
        Assert.Equal(fit.Covariance, blocks.Covariance);
    }

    [Fact]
    public void Summaries_are_those_of_R()
    {
        // summary, confint, logLik and AIC of lm(loss ~ air + water + acid).
        var set = CertifiedSet.Of("stackloss");
        var fit = Fit("identity", set.Data, new());
        var air = fit.Summary[0];
        Near(5.306613006837, air.Statistic, 1e-9, "t");
        Near(5.79902472425e-05, air.PValue, 1e-14, "p");
        Near(0.431114300224, air.Lower, 1e-10, "lower");
        Near(1.00016610075, air.Upper, 1e-10, "upper");
        Near(-52.2877955024, fit.LogLikelihood, 1e-9, "log-likelihood");
        Near(114.575591005, fit.Aic, 1e-8, "AIC");
        Near(10.519410, fit.Dispersion, 1e-6, "dispersion");
        Near(2069.238095, fit.NullDeviance, 1e-6, "null deviance");
        Assert.Equal((17, 20), (fit.DegreesOfFreedom, fit.NullDegreesOfFreedom));
    }

    [Fact]
    public void Distributions_have_the_tails_of_R()
    {
        Near(4.0992218585752874e-02, Distributions.StudentTails(-2.5, 7), 1e-15, "t 7");
        Near(8.1445284184451539e-01, Distributions.StudentTails(0.3, 1), 1e-14, "t 1");
        Near(1.2017878326588018e-110, Distributions.StudentTails(40, 250), 1e-121, "t 250");
        Near(2.7133212189276529e-01, Distributions.NormalTails(1.1), 1e-15, "z 1.1");
        Near(1.2441921148543570e-15, Distributions.NormalTails(-8), 1e-28, "z 8");
        Near(9.9202128737073680e-01, Distributions.NormalTails(0.01), 1e-14, "z 0.01");
        Near(1.2706204736174694e+01, Distributions.StudentQuantile(0.975, 1), 1e-9, "quantile 1");
        Near(2.2621571627982049, Distributions.StudentQuantile(0.975, 9), 1e-12, "quantile 9");
        Near(1.9623390808264076, Distributions.StudentQuantile(0.975, 1000), 1e-12, "quantile 1000");
        Near(1.0957979948180756, Distributions.LogGamma(0.3), 1e-14, "gamma 0.3");
        Near(7.9265413562690048, Distributions.LogGamma(7.7), 1e-14, "gamma 7.7");
        Near(1.7420680661038349e9, Distributions.LogGamma(1e8), 1e-5, "gamma 1e8");
    }

    [Fact]
    public void Sandwich_errors_are_those_of_the_formula()
    {
        var p = new WeightedProblem(5, DoubleOracle.Model.Linear, 60, 2);
        var fit = Fitter.Fit<Identity>(p.Data, new() { RobustErrors = true });
        var model = Fitter.Fit<Identity>(p.Data);

        // (XᵀSX)⁻¹·Σ(s·r)²xxᵀ·(XᵀSX)⁻¹·n/(n − p) in plain loops, the inverse from the model's covariance.
        var inverse = Unpack(model.Covariance, 3, 1 / model.Dispersion);
        var middle = new double[3, 3];
        for (var i = 0; i < 60; i++)
        {
            var x = new[] { p.P.X.Row(i)[0], p.P.X.Row(i)[1], 1.0 };
            var r = p.SampleWeights[i] * (x.Zip(fit.Coefficients, (a, b) => a * b).Sum() + p.Offset[i] - p.P.Y[i]);
            for (var j = 0; j < 3; j++)
            {
                for (var k = 0; k < 3; k++)
                    middle[j, k] += r * r * x[j] * x[k];
            }
        }

        var n = p.SampleWeights.Count(s => s != 0);
        for (var j = 0; j < 3; j++)
        {
            var variance = 0.0;
            for (var a = 0; a < 3; a++)
            {
                for (var b = 0; b < 3; b++)
                    variance += inverse[j, a] * middle[a, b] * inverse[b, j];
            }

            Near(Math.Sqrt(variance * n / (n - 3)), fit.StandardErrors[j], 1e-6 * fit.StandardErrors[j], $"error {j}");
        }
    }

    [Theory]
    [InlineData(0, 3, false)]
    [InlineData(2, 0, false)]
    [InlineData(9, 3, false)]
    [InlineData(9, 3, true)]
    public void Penalised_coefficients_satisfy_the_optimality_conditions(double l1, double l2, bool standardize)
    {
        var p = Random(12, 200, 6);
        var fit = Fitter.Fit<Logit>(new(p.X, p.Y), new() { L1 = l1, L2 = l2, Standardize = standardize });
        Assert.Equal((FitStatus.Optimum, 0), (fit.Status, fit.StandardErrors.Count));
        var gradient = new double[7];
        Glm<Logit>.Hessian(new(p.X, p.Y), [.. fit.Coefficients], gradient, new double[28]);
        for (var j = 0; j < 6; j++)
        {
            // The penalties of w·d have d in the first derivative, d² in the second.
            var unit = standardize ? fit.Deviations[j] : 1;
            var smooth = gradient[j] + (l2 * unit * unit * fit.Coefficients[j]);
            if (fit.Coefficients[j] == 0)
                Assert.InRange(Math.Abs(smooth), 0, (l1 * unit) + 1e-9);
            else
                Near(-l1 * unit * Math.Sign(fit.Coefficients[j]), smooth, 1e-5, $"column {j}");
        }

        Near(0, gradient[6], 1e-5, "intercept");
        if (l1 > 1)
            Assert.Contains(0.0, fit.Coefficients);
    }

    [Fact]
    public void A_start_at_the_optimum_needs_one_look()
    {
        var p = Random(6, 100, 3);
        var cold = Fitter.Fit<Logit>(new(p.X, p.Y));
        var warm = Fitter.Fit<Logit>(new(p.X, p.Y), start: [.. cold.Coefficients]);
        Assert.InRange(warm.Passes, 2, 3);
        Assert.Equal(FitStatus.Optimum, warm.Status);
        Assert.Throws<ArgumentException>("start", () => Fitter.Fit<Logit>(new(p.X, p.Y), start: [1, 2]));
    }

    private static double[,] Unpack(IReadOnlyList<double> packed, int order, double factor)
    {
        var full = new double[order, order];
        for (int j = 0, at = 0; j < order; j++)
        {
            for (var k = 0; k <= j; k++, at++)
                full[j, k] = full[k, j] = packed[at] * factor;
        }

        return full;
    }

    private sealed class Blocks(WeightedProblem p) : ObservationBlocks
    {
        public override long Rows => p.P.Rows;

        public override int Columns => p.P.Columns;

        public override bool HasIntercept => p.P.HasIntercept;

        public override Observations Read(long start, int most) =>
            p.Data.Slice((int)start, (int)Math.Min(Math.Min(most, 777), p.P.Rows - start));
    }

    private sealed class ProblemBlocks(Problem p) : ObservationBlocks
    {
        public override long Rows => p.Rows;

        public override int Columns => p.Columns;

        public override bool HasIntercept => p.HasIntercept;

        public override Observations Read(long start, int most) =>
            new Observations(p.X, p.Y).Slice((int)start, (int)Math.Min(Math.Min(most, 1777), p.Rows - start));
    }
}
