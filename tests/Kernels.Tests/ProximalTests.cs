using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>L1 and elastic net by proximal steps, certified by the duality gap.</summary>
public class ProximalTests
{
    [Theory]
    [InlineData(3, 0)]
    [InlineData(10, 0)]
    [InlineData(10, 2)]
    [InlineData(40, 0)]
    public void The_optimum_satisfies_the_conditions_of_optimality(double l1, double l2)
    {
        var heart = CertifiedData.HeartScale;
        var weights = new float[14];
        var result = GradientDescent.Minimize<Logit>(heart.Data, weights, new()
        {
            L1 = l1,
            L2 = l2,
            GradientTolerance = 1e-7,
            MaxIterations = 100_000,
        });
        Assert.Equal(StopReason.Converged, result.Reason);

        // |gⱼ + λwⱼ| ≤ λ₁ where wⱼ = 0, gⱼ + λwⱼ = −λ₁·sign(wⱼ) elsewhere, and 0 for the intercept: in plain double.
        var gradient = DoubleOracle.Gradient(DoubleOracle.Model.Logistic, heart.Data.X, heart.Y, DoubleOracle.Widen(weights));
        for (var j = 0; j < 13; j++)
        {
            if (weights[j] == 0)
                Assert.InRange(Math.Abs(gradient[j]), 0, l1 + 1e-3);
            else
                Assert.Equal(-l1 * Math.Sign(weights[j]), gradient[j] + (l2 * weights[j]), 1e-3);
        }

        Assert.Equal(0, gradient[13], 1e-3);
        Assert.Contains(weights.Take(13), w => w == 0f);
        var objective = result.Loss;
        Assert.Equal(DoubleOracle.Loss(DoubleOracle.Model.Logistic, heart.Data.X, heart.Y, DoubleOracle.Widen(weights)) + weights.Take(13)
            .Sum(w => (l1 * Math.Abs(w)) + (0.5 * l2 * w * w)), objective, 1e-4);
        Assert.InRange(DualityGap.Of<Logit>(heart.Data, weights, l2, l1), 0, 1e-2);
    }

    [Fact]
    public void A_large_enough_penalty_leaves_the_intercept_alone()
    {
        var heart = CertifiedData.HeartScale;
        var weights = new float[14];
        GradientDescent.Minimize<Logit>(heart.Data, weights, new() { L1 = 1000 });
        Assert.All(weights.Take(13), w => Assert.Equal(0f, w));
        Assert.Equal(Math.Log(120.0 / 150), weights[13], 1e-4); // the odds of the labels
    }

    [Fact]
    public void To_convergence_it_selects_the_same_weights_with_the_same_bits_everywhere()
    {
        // On every width, by the legs that run these tests, and on any number of threads.
        const int Rows = 3000;
        var random = new SplitMix(5);
        var (values, y, truth) = (new float[Rows * 100], new float[Rows], new float[100]);
        random.Fill(values, 1f);
        for (var j = 0; j < 100; j += 9)
            truth[j] = random.PlusMinusOne() * 3;
        for (var i = 0; i < Rows; i++)
        {
            var z = 0.0;
            for (var j = 0; j < 100; j++)
                z += values[(i * 100) + j] * truth[j];
            y[i] = z + (2 * random.PlusMinusOne()) > 0 ? 1f : 0f;
        }

        Check(1);
        Check(3);

        void Check(int threads)
        {
            var weights = new float[101];
            var result = GradientDescent.Minimize<Logit>(
                new(new DesignMatrix(values, 100, intercept: true), y),
                weights,
                new() { L1 = 25, GradientTolerance = 1e-6, MaxDegreeOfParallelism = threads });
            Assert.Equal(StopReason.Converged, result.Reason);
            var selected = weights.Take(100).Select((w, j) => (w, j)).Where(pair => pair.w != 0).Select(pair => pair.j).ToArray();
            Assert.All(Enumerable.Range(0, 100).Where(j => Math.Abs(truth[j]) > 0.5), j => Assert.Contains(j, selected));
            Assert.Equal("0 9 18 27 36 45 63 72 81 90 99", string.Join(' ', selected));
            Assert.Equal("b18738e5275834c0", Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(weights.AsSpan())))[..16]);
        }
    }

    [Fact]
    public void Linear_regression_on_an_orthogonal_design_has_the_soft_thresholds()
    {
        // XᵀX = 4·1: w = soft(Xᵀy, λ₁)/(4 + λ).
        float[] values = [1, 1, 1, 1, -1, 1, 1, 1, -1, 1, -1, -1];
        float[] y = [3, 1, -2, 0.5f];
        var weights = new float[3];
        GradientDescent.Minimize<Identity>(new(new DesignMatrix(values, 3), y), weights, new()
        {
            L1 = 1.5,
            L2 = 1,
            GradientTolerance = 1e-8,
        });
        var correlations = Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, 4).Sum(i => values[(3 * i) + j] * y[i])).ToArray();
        for (var j = 0; j < 3; j++)
            Assert.Equal(Math.Sign(correlations[j]) * Math.Max(Math.Abs(correlations[j]) - 1.5, 0) / 5, weights[j], 1e-6);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-8f)] // where eᶻ is next to 0 and the first steps go too far
    public void Counts_need_no_learning_rate(float intercept)
    {
        var p = Problem.Random(41, 500, 12, intercept: true, scale: 0.5f);
        PoissonRegression.Predict(p.X, p.Weights, p.Y);
        foreach (ref var y in p.Y.AsSpan())
            y = MathF.Floor(20 * y);
        for (var i = 0; i < 500; i++)
        {
            for (var j = 0; j < 12; j++)
                p[i, j] = (p[i, j] + 3) * MathF.ScaleB(1, j - 6);
        }

        var fit = Fitter.Fit<Log>(new(p.X, p.Y), new() { L1 = 400 });
        var weights = new float[13];
        weights[12] = intercept;
        var result = GradientDescent.Minimize<Log>(new(p.X, p.Y), weights, new() { L1 = 400 });
        Assert.Equal(StopReason.Converged, result.Reason);
        for (var j = 0; j < 12; j++)
            Assert.Equal(fit.Coefficients[j] * Math.ScaleB(1, j - 6), weights[j] * Math.ScaleB(1, j - 6), 1e-4);
        Assert.Contains(fit.Coefficients.SkipLast(1), w => w == 0);
        Assert.Equal(fit.Coefficients.SkipLast(1).Select(w => w == 0), weights.SkipLast(1).Select(w => w == 0));
    }

    [Theory]
    [InlineData(6f)]
    [InlineData(-9f)]
    public void Steps_from_where_counts_overflow_are_taken_back(float slope)
    {
        // The first step throws the rows of the other sign to e^(+much): ∞.
        var (x, y) = (new float[200], new float[200]);
        for (var i = 0; i < 200; i++)
            (x[i], y[i]) = ((i - 100) * 0.03f, (i * 7) % 5 == 0 ? 1 : 0);
        var data = new DesignMatrix(x, 1, intercept: true);
        var (weights, losses) = (new[] { slope, 0f }, new List<double>());
        var result = GradientDescent.Minimize<Log>(new(data, y), weights, new() { MaxIterations = 100_000 }, p => losses.Add(p.Loss));
        Assert.Contains(losses, loss => !double.IsFinite(loss));
        Assert.Equal(StopReason.Converged, result.Reason);
        var fit = Fitter.Fit<Log>(new(data, y));
        Assert.Equal(fit.Coefficients[0], weights[0], 1e-3);
        Assert.Equal(fit.Coefficients[1], weights[1], 1e-3);
    }

    [Fact]
    public void Senseless_penalties_are_refused()
    {
        var heart = CertifiedData.HeartScale;
        Assert.Equal("L1", Assert.Throws<ArgumentOutOfRangeException>(() =>
            GradientDescent.Minimize<Logit>(heart.Data, new float[14], new() { L1 = -1 })).ParamName);
        Assert.Equal("L1", Assert.Throws<ArgumentOutOfRangeException>(() =>
            GradientDescent.Minimize<Logit>(heart.Data, new float[14], new() { L1 = double.NaN })).ParamName);
        Assert.Equal("L2",
            Assert.Throws<ArgumentOutOfRangeException>(() => DualityGap.Of<Logit>(heart.Data, new float[14], l2: -1)).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => DualityGap.Of<Logit>(heart.Data, new float[13])).ParamName);
    }
}
