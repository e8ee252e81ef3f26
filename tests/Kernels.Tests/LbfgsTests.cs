using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>L-BFGS reaches certified coefficients (Newton's method in 60-digit arithmetic) to a thousandth of their standard errors.</summary>
public class LbfgsTests
{
    // Motor Trend, 1974: disp, hp, wt, vs, am.
    private static readonly float[] Cars =
    [
        160f, 110, 2.62f, 0, 1, 160, 110, 2.875f, 0, 1, 108, 93, 2.32f, 1, 1, 258, 110, 3.215f, 1, 0, 360, 175, 3.44f, 0, 0, 225, 105, 3.46f, 1, 0,
        360, 245, 3.57f, 0, 0, 146.7f, 62, 3.19f, 1, 0, 140.8f, 95, 3.15f, 1, 0, 167.6f, 123, 3.44f, 1, 0, 167.6f, 123, 3.44f, 1, 0, 275.8f, 180, 4.07f, 0, 0,
        275.8f, 180, 3.73f, 0, 0, 275.8f, 180, 3.78f, 0, 0, 472, 205, 5.25f, 0, 0, 460, 215, 5.424f, 0, 0, 440, 230, 5.345f, 0, 0, 78.7f, 66, 2.2f, 1, 1,
        75.7f, 52, 1.615f, 1, 1, 71.1f, 65, 1.835f, 1, 1, 120.1f, 97, 2.465f, 1, 0, 318, 150, 3.52f, 0, 0, 304, 150, 3.435f, 0, 0, 350, 245, 3.84f, 0, 0,
        400, 175, 3.845f, 0, 0, 79, 66, 1.935f, 1, 1, 120.3f, 91, 2.14f, 0, 1, 95.1f, 113, 1.513f, 1, 1, 351, 264, 3.17f, 0, 1, 145, 175, 2.77f, 0, 1,
        301, 335, 3.57f, 0, 1, 121, 109, 2.78f, 1, 1,
    ];

    // Intercept last.
    private static readonly double[] Heart =
    [
        -4.1945941209106968e-01, 7.7105454608776525e-01, 1.0513426478511525e+00, 1.3364464522459427e+00,
        1.5829298946765902e+00, -3.9740517544061854e-01, 3.0166818164044334e-01, -1.3784672795679058e+00,
        4.1469274279638585e-01, 1.0654403807575135e+00, 4.4227636366480200e-01, 1.7479069000132108e+00,
        6.8276769197663068e-01, 2.2020621918199357e+00,
    ];

    [Fact]
    public void Heart_scale_is_reached_in_few_passes()
    {
        var data = DataReader.ReadSample();
        var result = Certify(data.Matrix(intercept: true), data.Targets(), Heart, 179.597762305376, 1e-7);
        Assert.InRange(result.Iterations, 1, 60); // gradient descent takes 302
    }

    [Fact]
    public void Mtcars_am_by_displacement_and_power() =>
        Certify(Columns(0, 1), Target(4), [-9.5179722755699775e-02, 1.2170172590460787e-01, 1.4034220319118698e+00], 16.712927904063, 1e-7);

    [Fact]
    public void Mtcars_vs_by_weight_and_displacement() =>
        Certify(Columns(2, 0), Target(3), [1.6263532481494334e+00, -3.4433726744866888e-02, 1.6085926001027344e+00], 21.400385016211, 1e-7);

    [Fact]
    public void A_penalty_pulls_the_weights_in_and_spares_the_intercept()
    {
        var data = DataReader.ReadSample();
        var x = data.Matrix(intercept: true);
        var y = data.Targets();
        var (weights, slow) = (new float[14], new float[14]);
        var result = Lbfgs.Minimize<Logit>(x, y, weights, new() { L2 = 5, GradientTolerance = 1e-7 });
        Assert.Equal(StopReason.Converged, result.Reason);

        // At the optimum Xᵀr + λw = 0, and the residuals' sum is 0 for the intercept.
        var gradient = DoubleOracle.Gradient(DoubleOracle.Model.Logistic, x, y, DoubleOracle.Widen(weights));
        for (var j = 0; j < 13; j++)
            Assert.Equal(-5 * weights[j], gradient[j], 1e-4);
        Assert.Equal(0, gradient[13], 1e-4);
        Assert.True(weights.Take(13).Sum(w => w * w) < 0.5 * Heart.Take(13).Sum(w => w * w));

        GradientDescent.Minimize<Logit>(x, y, slow, new() { L2 = 5, GradientTolerance = 1e-7 });
        for (var j = 0; j < 14; j++)
            Assert.Equal(slow[j], weights[j], 1e-4);
    }

    [Fact]
    public void Poisson_and_linear_regression_find_the_truth()
    {
        var p = Problem.Random(31, 400, 5, intercept: true, scale: 0.4f);
        var truth = (float[])p.Weights.Clone();
        LinearRegression.Predict(p.X, truth, p.Y);
        Check(Lbfgs.Minimize<Identity>(p.X, p.Y, Start()));
        PoissonRegression.Predict(p.X, truth, p.Y);
        Check(Lbfgs.Minimize<Log>(p.X, p.Y, Start()));

        float[] Start()
        {
            Array.Clear(p.Weights);
            return p.Weights;
        }

        void Check(TrainingResult result)
        {
            Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason}");
            for (var j = 0; j < truth.Length; j++)
                Assert.Equal(truth[j], p.Weights[j], 1e-4f);
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        var p = Problem.Random(32, 20_000, 20, intercept: true);
        var (one, four) = (new float[21], new float[21]);
        var first = Lbfgs.Minimize<Logit>(p.X, p.Y, one, new() { MaxIterations = 20 });
        var second = Lbfgs.Minimize<Logit>(p.X, p.Y, four, new() { MaxIterations = 20, MaxDegreeOfParallelism = 4 });
        Bits.Equal(one, four, "weights");
        Bits.Equal(first.Loss, second.Loss, "loss");
        Array.Clear(four);
        GradientDescent.Minimize<Logit>(p.X, p.Y, Zero(one), new() { MaxIterations = 5 });
        GradientDescent.Minimize<Logit>(p.X, p.Y, four, new() { MaxIterations = 5, MaxDegreeOfParallelism = 4 });
        Bits.Equal(one, four, "weights of gradient descent");

        static float[] Zero(float[] values)
        {
            Array.Clear(values);
            return values;
        }
    }

    [Fact]
    public void It_stops_for_the_right_reason_with_the_weights_of_the_last_step()
    {
        var data = DataReader.ReadSample();
        var x = data.Matrix(intercept: true);
        var y = data.Targets();
        var (limited, cancelled) = (new float[14], new float[14]);
        var passes = new List<double>();
        Assert.Equal((StopReason.IterationLimit, 5), Outcome(Lbfgs.Minimize<Logit>(x, y, limited, new() { MaxIterations = 5 }, p => passes.Add(p.Loss))));
        Assert.Equal(5, passes.Count);
        using var source = new CancellationTokenSource();
        Assert.Equal((StopReason.Cancelled, 5), Outcome(Lbfgs.Minimize<Logit>(x, y, cancelled, progress: p => Cancel(p.Iteration), cancellationToken: source.Token)));
        Bits.Equal(limited, cancelled, "weights");

        var bad = Problem.Random(33, 20, 3);
        bad[4, 1] = float.NaN;
        float[] before = [.. bad.Weights];
        Assert.Equal((StopReason.NonFinite, 1), Outcome(Lbfgs.Minimize<Logit>(bad.X, bad.Y, bad.Weights)));
        Bits.Equal(before, bad.Weights, "weights");

        static (StopReason Reason, int Iterations) Outcome(TrainingResult result) => (result.Reason, result.Iterations);

        void Cancel(int iteration)
        {
            if (iteration == 5)
                source.Cancel();
        }
    }

    [Fact]
    public void Separable_data_do_not_run_away_without_end()
    {
        // No optimum: the weights grow until the gradient is within the tolerance.
        var result = Lbfgs.Minimize<Logit>(new DesignMatrix([-2f, -1, 1, 2], 1, intercept: true), [0, 0, 1, 1], new float[2]);
        Assert.Equal(StopReason.Converged, result.Reason);
        Assert.InRange(result.Loss, 0, 1e-4);
    }

    [Fact]
    public void Senseless_options_are_refused()
    {
        var p = Problem.Random(34, 5, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(p.X, p.Y, p.Weights, new() { Memory = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(p.X, p.Y, p.Weights, new() { MaxIterations = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(p.X, p.Y, p.Weights, new() { L2 = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(p.X, p.Y, p.Weights, new() { MaxDegreeOfParallelism = 0 }));
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => Lbfgs.Minimize<Logit>(p.X, p.Y, new float[3])).ParamName);
    }

    private static DesignMatrix Columns(int first, int second) =>
        new(Enumerable.Range(0, 32).SelectMany(i => new[] { Cars[(5 * i) + first], Cars[(5 * i) + second] }).ToArray(), columns: 2, intercept: true);

    private static float[] Target(int column) => [.. Enumerable.Range(0, 32).Select(i => Cars[(5 * i) + column])];

    private static TrainingResult Certify(in DesignMatrix x, float[] y, double[] certified, double deviance, double tolerance)
    {
        var weights = new float[certified.Length];
        var result = Lbfgs.Minimize<Logit>(x, y, weights, new() { GradientTolerance = tolerance });
        Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason} after {result.Iterations}");
        Assert.Equal(1.0, 2 * result.Loss / deviance, 1e-6);
        var errors = StandardErrors(x, certified);
        for (var j = 0; j < weights.Length; j++)
            Assert.True(Math.Abs(weights[j] - certified[j]) <= 1e-3 * errors[j], $"weight {j} is {weights[j]:R}, not {certified[j]:R}: {Math.Abs(weights[j] - certified[j]) / errors[j]:E1} standard errors");
        return result;
    }

    // The square roots of the diagonal of (XᵀDX)⁻¹, D = σ(z)(1 − σ(z)), by Gauss–Jordan elimination in double.
    private static double[] StandardErrors(in DesignMatrix x, double[] w)
    {
        var n = w.Length;
        var matrix = new double[n, 2 * n];
        for (var j = 0; j < n; j++)
            matrix[j, n + j] = 1;
        for (var i = 0; i < x.Rows; i++)
        {
            var row = DoubleOracle.Widen(x.Row(i)).Append(1.0).ToArray();
            var mean = 1 / (1 + Math.Exp(-row.Zip(w).Sum(pair => pair.First * pair.Second)));
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                    matrix[j, k] += mean * (1 - mean) * row[j] * row[k];
            }
        }

        for (var pivot = 0; pivot < n; pivot++)
        {
            var scale = matrix[pivot, pivot];
            for (var k = 0; k < 2 * n; k++)
                matrix[pivot, k] /= scale;
            for (var j = 0; j < n; j++)
            {
                var factor = matrix[j, pivot];
                for (var k = 0; k < 2 * n && j != pivot; k++)
                    matrix[j, k] -= factor * matrix[pivot, k];
            }
        }

        return [.. Enumerable.Range(0, n).Select(j => Math.Sqrt(matrix[j, n + j]))];
    }
}
