using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>The loss along a line, from margins.</summary>
public class LossAlongTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(300)]
    [InlineData(1024)]
    [InlineData(5000)]
    public void Loss_and_slope_are_those_of_plain_double_loops(int rows)
    {
        Check<Logit>(Model.Logistic);
        Check<Identity>(Model.Linear);
        Check<Log>(Model.Poisson);

        void Check<TLink>(Model model)
            where TLink : struct, ILink
        {
            var p = new WeightedProblem((ulong)rows, model, rows, 6);
            var (margins, along) = (new float[rows], new float[rows]);
            Glm<TLink>.Margin(p.P.X, p.P.Weights, p.Offset, margins);
            Glm<TLink>.Margin(p.P.X, p.Direction, along);
            foreach (var step in new[] { -2f, 0f, 0.3f, 1f })
            {
                foreach (var weighted in new[] { false, true })
                {
                    var (loss, slope, size) = (0.0, 0.0, 1.0);
                    for (var i = 0; i < rows; i++)
                    {
                        var (s, z) = (weighted ? p.SampleWeights[i] : 1.0, MathF.FusedMultiplyAdd(step, along[i], margins[i]));
                        loss += s * RowLoss(model, z, p.P.Y[i]);
                        var r = s * Residual(model, z, p.P.Y[i]);
                        slope += r * along[i];
                        size += Math.Abs(r * along[i]) + (s * Math.Abs(along[i])) + (s * Math.Abs(z));
                    }

                    var point = Glm<TLink>.LossAlong(margins, along, p.P.Y, step, weighted ? p.SampleWeights : default);
                    Assert.Equal(loss, point.Loss, 1e-6 * (1 + Math.Abs(loss)));
                    Assert.Equal(slope, point.Slope, 3e-7 * size);
                }
            }
        }
    }

    [Fact]
    public void At_the_start_it_is_the_loss_bit_for_bit()
    {
        var p = new WeightedProblem(3, Model.Logistic, 3000, 11);
        var (margins, along) = (new float[3000], new float[3000]);
        LogisticRegression.Margin(p.P.X, p.P.Weights, p.Offset, margins);
        LogisticRegression.Margin(p.P.X, p.Direction, along);
        Bits.Equal(LogisticRegression.Loss(p.Data, p.P.Weights).Loss,
            LogisticRegression.LossAlong(margins, along, p.P.Y, 0f, p.SampleWeights).Loss, "weighted");
        Bits.Equal(
            LogisticRegression.Loss(new Observations(p.P.X, p.P.Y) { Offset = p.Offset }, p.P.Weights).Loss,
            LogisticRegression.LossAlong(margins, along, p.P.Y, 0f).Loss,
            "unweighted");
    }

    [Fact]
    public void The_slope_is_the_gradient_along_the_direction()
    {
        var p = new WeightedProblem(5, Model.Poisson, 500, 8, scale: 0.2f);
        var (margins, along, gradient) = (new float[500], new float[500], new float[9]);
        PoissonRegression.Margin(p.P.X, p.P.Weights, p.Offset, margins);
        PoissonRegression.Margin(p.P.X, p.Direction, along);
        PoissonRegression.Gradient(p.Data, p.P.Weights, gradient);
        var expected = gradient.Zip(p.Direction, (g, d) => (double)g * d).Sum();
        Assert.Equal(expected, PoissonRegression.LossAlong(margins, along, p.P.Y, 0f, p.SampleWeights).Slope,
            1e-3 * gradient.Max(Math.Abs));
    }

    [Fact]
    public void A_row_of_weight_0_is_not_looked_at_and_NaN_comes_out_elsewhere()
    {
        float[] z = [0.5f, float.NaN, 1f], q = [1f, float.PositiveInfinity, 2f], y = [1f, float.NaN, 0f], s = [1f, 0f, 2f];
        var with = LogisticRegression.LossAlong(z, q, y, 0.5f, s);
        var without = LogisticRegression.LossAlong([0.5f, 0f, 1f], [1f, 0f, 2f], [1f, 0f, 0f], 0.5f, s);
        Assert.Equal(without, with);
        Assert.True(double.IsNaN(LogisticRegression.LossAlong(z, q, y, 0.5f).Loss));
        Assert.True(double.IsNaN(LogisticRegression.LossAlong(z, q, y, 0.5f).Slope));
    }

    [Fact]
    public void Wrong_calls_are_refused()
    {
        Assert.Equal("direction",
            Assert.Throws<ArgumentException>(() => LogisticRegression.LossAlong(new float[3], new float[2], new float[3], 0f)).ParamName);
        Assert.Equal("targets",
            Assert.Throws<ArgumentException>(() => LogisticRegression.LossAlong(new float[3], new float[3], new float[4], 0f)).ParamName);
        Assert.Equal("sampleWeights", Assert.Throws<ArgumentException>(() =>
            LogisticRegression.LossAlong(new float[3], new float[3], new float[3], 0f, new float[1])).ParamName);
        Assert.Equal("step", Assert.Throws<ArgumentOutOfRangeException>(() =>
            LogisticRegression.LossAlong(new float[3], new float[3], new float[3], float.NaN)).ParamName);
    }
}
