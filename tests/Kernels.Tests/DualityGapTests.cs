using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Verification.DoubleOracle;
using Model = Kernels.Verification.DoubleOracle.Model;

namespace Kernels.Tests;

/// <summary>The duality gap is never negative, bounds the distance to the optimum, and closes there.</summary>
public class DualityGapTests
{
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void It_bounds_the_distance_to_the_optimum_at_any_weights(double l2, double l1)
    {
        Check<Logit>(Model.Logistic, null);
        Check<Identity>(Model.Linear, null);
        Check<Log>(Model.Poisson, 2e-4);

        void Check<TLink>(Model model, double? rate)
            where TLink : struct, ILink
        {
            var p = new WeightedProblem(3, model, 300, 6);
            var optimum = new float[7];
            var result = GradientDescent.Minimize<TLink>(p.Data, optimum, new()
            {
                L2 = l2,
                L1 = l1,
                LearningRate = rate,
                GradientTolerance = 1e-7,
                MaxIterations = 50_000,
            });
            var best = Objective(optimum);
            Assert.InRange(DualityGap.Of<TLink>(p.Data, optimum, l2, l1), 0, 2e-4 * (1 + best));
            var random = new SplitMix(7);
            var weights = new float[7];
            for (var i = 0; i < 200; i++)
            {
                random.Fill(weights, i % 2 == 0 ? 0.01f : 1f);
                for (var j = 0; j < 7; j++)
                    weights[j] += optimum[j];
                var gap = DualityGap.Of<TLink>(p.Data, weights, l2, l1);
                Assert.True(gap >= Objective(weights) - best - 1e-6
                    && gap >= 0, $"{model} gap {gap:R}, distance {Objective(weights) - best:R}");
            }

            double Objective(float[] w)
            {
                Array.Copy(w, p.P.Weights, 7);
                return p.Loss() + w.Take(6).Sum(a => (0.5 * l2 * a * a) + (l1 * Math.Abs((double)a)));
            }
        }
    }

    [Fact]
    public void Without_a_penalty_there_is_no_certificate()
    {
        var p = Problem.Random(5, 50, 3);
        Assert.Equal(double.PositiveInfinity, DualityGap.Of<Logit>(new(p.X, p.Y), p.Weights));
        Assert.Equal(0, DualityGap.Of<Identity>(new(new DesignMatrix([1f, 2, 3], 1), [2f, 4, 6]), [2f]));
    }

    [Fact]
    public void Impossible_targets_have_no_dual_and_NaN_comes_out()
    {
        var x = new DesignMatrix([1f, 2], 1);
        Assert.Equal(double.PositiveInfinity, DualityGap.Of<Logit>(new(x, [2f, 0]), [0.5f], l2: 1));
        Assert.Equal(double.PositiveInfinity, DualityGap.Of<Log>(new(x, [-1f, 0]), [0.5f], l2: 1));
        Assert.True(double.IsNaN(DualityGap.Of<Logit>(new(x, [float.NaN, 0]), [0.5f], l2: 1)));
        var skipped = DualityGap.Of<Logit>(new(new DesignMatrix([1f, float.NaN, 2], 1), [0f, 1, 1]) { RowsWithNaN = RowsWithNaN.Skip },
            [0.5f], l2: 1);
        Assert.Equal(DualityGap.Of<Logit>(new(x, [0f, 1]), [0.5f], l2: 1), skipped);
    }
}
