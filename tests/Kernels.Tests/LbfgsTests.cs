using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>L-BFGS: its penalty, its reasons to stop, its bits. <see cref="CertifiedTests"/> has its results.</summary>
public class LbfgsTests
{
    [Fact]
    public void A_penalty_pulls_the_weights_in_and_spares_the_intercept()
    {
        var data = DataReader.ReadSample();
        var x = data.Matrix(intercept: true);
        var y = new Datasets([data]).Targets<Logit>().Targets[0];
        var (weights, slow) = (new float[14], new float[14]);
        var result = Lbfgs.Minimize<Logit>(new(x, y), weights, new() { L2 = 5, GradientTolerance = 1e-7 });
        Assert.Equal(StopReason.Converged, result.Reason);

        // At the optimum Xᵀr + λw = 0, and the residuals' sum is 0 for the intercept.
        var gradient = DoubleOracle.Gradient(DoubleOracle.Model.Logistic, x, y, DoubleOracle.Widen(weights));
        for (var j = 0; j < 13; j++)
            Assert.Equal(-5 * weights[j], gradient[j], 1e-4);
        Assert.Equal(0, gradient[13], 1e-4);
        Assert.True(weights.Take(13).Sum(w => w * w) < 0.5 * CertifiedData.HeartScale.Weights.Take(13).Sum(w => w * w));

        GradientDescent.Minimize<Logit>(new(x, y), slow, new() { L2 = 5, GradientTolerance = 1e-7 });
        for (var j = 0; j < 14; j++)
            Assert.Equal(slow[j], weights[j], 1e-4);
    }

    [Fact]
    public void Poisson_and_linear_regression_find_the_truth()
    {
        var p = Problem.Random(31, 400, 5, intercept: true, scale: 0.4f);
        var truth = (float[])p.Weights.Clone();
        LinearRegression.Predict(p.X, truth, p.Y);
        Check(Lbfgs.Minimize<Identity>(new(p.X, p.Y), Start()));
        PoissonRegression.Predict(p.X, truth, p.Y);
        Check(Lbfgs.Minimize<Log>(new(p.X, p.Y), Start()));

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
        var first = Lbfgs.Minimize<Logit>(new(p.X, p.Y), one, new() { MaxIterations = 20 });
        var second = Lbfgs.Minimize<Logit>(new(p.X, p.Y), four, new() { MaxIterations = 20, MaxDegreeOfParallelism = 4 });
        Bits.Equal(one, four, "weights");
        Bits.Equal(first.Loss, second.Loss, "loss");
        Array.Clear(four);
        GradientDescent.Minimize<Logit>(new(p.X, p.Y), Zero(one), new() { MaxIterations = 5 });
        GradientDescent.Minimize<Logit>(new(p.X, p.Y), four, new() { MaxIterations = 5, MaxDegreeOfParallelism = 4 });
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
        var y = new Datasets([data]).Targets<Logit>().Targets[0];
        var (limited, cancelled) = (new float[14], new float[14]);
        var passes = new List<double>();
        Assert.Equal((StopReason.IterationLimit, 5),
            Outcome(Lbfgs.Minimize<Logit>(new(x, y), limited, new() { MaxIterations = 5 }, p => passes.Add(p.Loss))));
        Assert.Equal(5, passes.Count);
        using var source = new CancellationTokenSource();
        Assert.Equal((StopReason.Cancelled, 5),
            Outcome(Lbfgs.Minimize<Logit>(new(x, y), cancelled, progress: p => Cancel(p.Iteration), cancellationToken: source.Token)));
        Bits.Equal(limited, cancelled, "weights");

        var bad = Problem.Random(33, 20, 3);
        bad[4, 1] = float.NaN;
        float[] before = [.. bad.Weights];
        Assert.Equal((StopReason.NonFinite, 1), Outcome(Lbfgs.Minimize<Logit>(new(bad.X, bad.Y), bad.Weights)));
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
        var result = Lbfgs.Minimize<Logit>(new(new DesignMatrix([-2f, -1, 1, 2], 1, intercept: true), [0, 0, 1, 1]), new float[2]);
        Assert.Equal(StopReason.Converged, result.Reason);
        Assert.InRange(result.Loss, 0, 1e-4);
    }

    [Fact]
    public void Senseless_options_are_refused()
    {
        var p = Problem.Random(34, 5, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(new(p.X, p.Y), p.Weights, new() { Memory = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(new(p.X, p.Y), p.Weights, new() { MaxIterations = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(new(p.X, p.Y), p.Weights, new() { L2 = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Minimize<Logit>(new(p.X, p.Y), p.Weights, new()
        {
            MaxDegreeOfParallelism = 0,
        }));
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => Lbfgs.Minimize<Logit>(new(p.X, p.Y), new float[3])).ParamName);
    }
}
