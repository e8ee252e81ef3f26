using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>The loss: stable at extreme margins, right to the precision of a float for every row, the same from every entry.</summary>
public class LossTests
{
    // Where σ(−|z|) would be smaller it is 0, in the loss too (ARITHMETIC.md, 3).
    private const double SmallestNormal = 1.1754943508222875e-38;

    public static TheoryData<string> Engines => Engine.Names;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Extreme_margins_give_the_exact_loss_with_either_label(string name)
    {
        var engine = Engine.Get(name);
        foreach (var z in new[] { 1e4f, -1e4f, 700f, -700f, 100f, -100f, 40f, -40f, 20f, -20f, 1f, -1f, 1e-3f, 0f })
        {
            foreach (var y in new[] { 0f, 1f, 0.25f })
            {
                var expected = RowLoss(Model.Logistic, z, y);
                var actual = engine.Loss<Logit>(new DesignMatrix([z], 1), [y], [1f]);
                Assert.True(double.IsFinite(actual));
                Assert.True(Math.Abs(actual - expected) <= (1.7e-7 * Math.Abs(expected)) + SmallestNormal,
                    $"z = {z}, y = {y}: {actual:R}, not {expected:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Sums_of_tiny_losses_keep_their_precision(string name)
    {
        // 1000 rows on the right side by 40: each loss is e⁻⁴⁰, which 1 + e⁻⁴⁰ would round away.
        var engine = Engine.Get(name);
        var (values, y) = (new float[1000], new float[1000]);
        Array.Fill(values, 40f);
        Array.Fill(y, 1f);
        var loss = engine.Loss<Logit>(new DesignMatrix(values, 1), y, [1f]);
        Assert.Equal(1.0, loss / (1000 * Math.Exp(-40)), 6e-8);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void All_models_match_the_oracle(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in new[] { (1, 1), (7, 3), (16, 16), (70, 33), (1030, 20), (5000, 3) })
        {
            Check<Logit>(Model.Logistic);
            Check<Identity>(Model.Linear);
            Check<Log>(Model.Poisson);

            void Check<TLink>(Model model)
                where TLink : struct, ILink
            {
                var p = Problem.Random(3, rows, columns, intercept: true, scale: 0.6f);
                var w = Widen(p.Weights);
                var expected = DoubleOracle.Loss(model, p.X, p.Y, w);
                var sum = 0.0;
                for (var i = 0; i < rows; i++)
                    sum += Math.Abs(RowLoss(model, Margin(p.X.Row(i), w), p.Y[i])) + 1;

                var actual = engine.Loss<TLink>(p.X, p.Y, p.Weights);
                Assert.Equal(expected, actual, sum * 1e-6);
                Bits.Equal(actual, engine.Gradient<TLink>(p.X, p.Y, p.Weights, p.Gradient), "loss of the gradient pass");
                Bits.Equal(actual, engine.Step<TLink>(p.X, p.Y, [.. p.Weights], 0f).Loss, "loss of the step");
                Bits.Equal(actual / rows, engine.Loss<TLink>(p.X, p.Y, p.Weights, Reduction.Mean), "mean");
            }
        }
    }

    [Fact]
    public void No_rows_have_no_loss()
    {
        Assert.Equal(0.0, LogisticRegression.Loss(new DesignMatrix([], 3), [], [1f, 2f, 3f]));
        Assert.Equal(0.0, LogisticRegression.Loss(new DesignMatrix([], 3), [], [1f, 2f, 3f], Reduction.Mean));
        Assert.Equal(0.0, LogisticRegression.Loss(default, [], []));
    }

    [Fact]
    public void Poisson_overflow_is_infinite()
    {
        Assert.Equal(double.PositiveInfinity, PoissonRegression.Loss(new DesignMatrix([89f], 1), [3f], [1f]));
        Assert.Equal(float.PositiveInfinity, PoissonRegression.Predict([88.73f], [1f]));
        Assert.True(float.IsFinite(PoissonRegression.Predict([88.72f], [1f])));
    }

    [Fact]
    public void The_residual_keeps_its_precision_where_sigma_minus_one_is_zero()
    {
        var gradient = new float[1];
        LogisticRegression.Gradient(new DesignMatrix([20f], 1), [1f], [1f], gradient);
        var expected = -20 * Math.Exp(-20) / (1 + Math.Exp(-20));
        Assert.Equal(1.0, gradient[0] / expected, 3e-7);
    }
}
