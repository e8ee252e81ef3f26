using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Data and callers at their worst: an optimiser ends with a reason that is true, leaves finite weights, and lets the caller's own
/// exceptions through.</summary>
public class HostileFitTests
{
    public static TheoryData<float> Bad => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(Bad))]
    public void An_L1_step_on_data_that_are_not_finite_says_so(float bad)
    {
        foreach (var (x, y) in new[] { (new[] { bad, 2f }, new[] { 1f, 0f }), ([1f, 2f], [bad, 0f]) })
        {
            var weights = new float[1];
            var result = GradientDescent.Minimize<Logit>(new(new DesignMatrix(x, 1), y), weights, new() { L1 = 0.1 });
            Assert.Equal((StopReason.NonFinite, 0L), (result.Reason, result.NonFiniteRow));
            Assert.Equal(0f, weights[0]);
        }
    }

    [Fact]
    public void A_fit_that_diverges_says_so_and_leaves_finite_weights()
    {
        Diverges<Identity>([3e38f, 1f], [1, 0], new() { L1 = 0.1, LearningRate = 1 });
        Diverges<Identity>([1f, 2f], [3e38f, -3e38f], new() { L1 = 0.1, LearningRate = 1 });
        Diverges<Logit>([1f], [1], new() { LearningRate = 1e300 });
        Diverges<Logit>([1f, 2f], [1, 0], new() { LearningRate = 1e300, L1 = 1e-3 });
        Diverges<Logit>([1f], [1], new() { LearningRate = 1e3, L2 = 1e6 });
        Diverges<Identity>([1f, 3f], [1, 2], new() { LearningRate = 10, Accelerate = false });
        Diverges<Log>([1f, 3f], [1, 2000], new() { LearningRate = 10 });

        static void Diverges<TLink>(float[] x, float[] y, GradientDescentOptions options)
            where TLink : struct, ILink
        {
            float[] weights = [0f];
            var result = GradientDescent.Minimize<TLink>(new(new DesignMatrix(x, 1), y), weights, options);
            Assert.Equal(StopReason.Diverged, result.Reason);
            Assert.True(float.IsFinite(weights[0]), $"w = {weights[0]}");
        }
    }

    [Fact]
    public void Ten_thousand_hostile_fits_end_with_a_reason_and_finite_weights()
    {
        var random = new SplitMix(2024);
        float[] numbers = [0f, 1f, -1f, 0.5f, 1e-30f, 1e-40f, 1e10f, -1e19f, 3e38f, -3e38f, float.NaN, float.PositiveInfinity,
            float.NegativeInfinity, 7f];
        var (cases, reasons) = (HostileCases.Of(10_000), new Dictionary<StopReason, int>());
        for (var i = 0; i < cases; i++)
        {
            var (rows, columns) = (random.Between(0, 5), random.Between(0, 3));
            var intercept = random.Between(0, 1) == 1;
            var (x, y, s) = (Draw(rows * columns), Draw(rows), Draw(rows));
            var weights = new float[columns + (intercept ? 1 : 0)];
            var data = new Observations(new(x, rows, columns, columns, intercept), y)
            {
                SampleWeights = random.Between(0, 3) == 0 ? s : default,
                RowsWithNaN = random.Between(0, 1) == 1 ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
            };
            var (l1, l2) = (random.Between(0, 2) * 0.1, random.Between(0, 2) * (random.Between(0, 9) == 0 ? 1e30 : 0.5));
            double? rate = random.Between(0, 2) == 0 ? Math.Pow(10, random.Between(0, 60) - 30) : null;
            var result = (i % 10) switch
            {
                0 or 1 => GradientDescent.Minimize<Logit>(data, weights, new()
                {
                    L1 = l1,
                    L2 = l2,
                    LearningRate = rate,
                    MaxIterations = 50,
                }),
                2 => GradientDescent.Minimize<Identity>(data, weights, new()
                {
                    L1 = l1,
                    L2 = l2,
                    LearningRate = rate,
                    MaxIterations = 50,
                    Accelerate = false,
                }),
                3 => GradientDescent.Minimize<Log>(data, weights, new()
                {
                    L1 = l1,
                    L2 = l2,
                    LearningRate = rate ?? 0.1,
                    MaxIterations = 50,
                }),
                4 => Lbfgs.Minimize<Logit>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                5 => Lbfgs.Minimize<Log>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                6 => Newton.Minimize<Logit>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                7 => Newton.Minimize<Log>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                8 => Newton.Minimize<Identity>(data, weights, new() { L2 = l2, MaxIterations = 100 }),
                _ => StochasticGradientDescent.Minimize<Logit>(data, weights, new()
                {
                    L2 = l2,
                    LearningRate = rate ?? 0.1,
                    MaxIterations = 3,
                    BlockRows = 2,
                }),
            };
            reasons[result.Reason] = reasons.GetValueOrDefault(result.Reason) + 1;
            Assert.All(weights, w => Assert.True(float.IsFinite(w), $"case {i}: {result.Reason}, w = {w}"));
            if (result.Reason is StopReason.Converged or StopReason.Stalled)
                Assert.True(double.IsFinite(result.Loss), $"case {i}: {result.Reason} with loss {result.Loss}");
        }

        Assert.True(reasons.Count >= 5, string.Join(' ', reasons));

        float[] Draw(int count)
        {
            var values = new float[count];
            foreach (ref var value in values.AsSpan())
                value = numbers[random.Between(0, random.Between(0, 4) == 0 ? numbers.Length - 1 : 5)];
            return values;
        }
    }

    [Fact]
    public void The_first_step_of_Lbfgs_suits_any_unit()
    {
        // The optimum scales with the unit: the loss is the same. 2.4580 is Newton's.
        float[] x = [1f, 2f, 3f, -1f], y = [1, 0, 1, 0];
        var expected = Fitted(1f);
        for (var exponent = -18; exponent <= 18; exponent++)
            Assert.Equal(expected, Fitted(MathF.Pow(10, exponent)), 1e-6);
        Assert.Equal(2.4580, expected, 1e-4);

        double Fitted(float unit)
        {
            var weights = new float[1];
            var scaled = Array.ConvertAll(x, value => value * unit);
            var result = Lbfgs.Minimize<Logit>(new(new DesignMatrix(scaled, 1), y), weights, new() { GradientTolerance = 1e-7 * unit });
            Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{unit}: {result.Reason}");
            return result.Loss;
        }
    }

    [Fact]
    public void Curvature_beyond_float32_is_no_hindrance_but_a_gradient_there_is()
    {
        // XᵀDX is some 10⁶⁰, and is never needed; 2.4580 is the loss at the optimum in any unit.
        var (weights, too) = (new float[1], new float[1]);
        float[] y = [1, 0, 1, 0];
        var result = Newton.Minimize<Logit>(new(new DesignMatrix([1e30f, 2e30f, 3e30f, -1e30f], 1), y), weights);
        Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason}");
        Assert.Equal(2.4580, result.Loss, 1e-4);
        var far = Newton.Minimize<Logit>(new(new DesignMatrix([3e38f, 3e38f, 3e38f, -3e38f], 1), y), too);
        Assert.Equal(StopReason.Diverged, far.Reason);
        Assert.True(float.IsFinite(too[0]), $"w = {too[0]}");
    }
}
