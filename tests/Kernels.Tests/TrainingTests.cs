using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Training reaches the certified optimum of heart_scale (Newton's method in 60-digit arithmetic) and stops for the right
/// reason.</summary>
public class TrainingTests
{
    private const double CertifiedDeviance = 179.597762305376;

    // Intercept last.
    private static readonly double[] Certified =
    [
        -4.1945941209106968e-01, 7.7105454608776525e-01, 1.0513426478511525e+00, 1.3364464522459427e+00,
        1.5829298946765902e+00, -3.9740517544061854e-01, 3.0166818164044334e-01, -1.3784672795679058e+00,
        4.1469274279638585e-01, 1.0654403807575135e+00, 4.4227636366480200e-01, 1.7479069000132108e+00,
        6.8276769197663068e-01, 2.2020621918199357e+00,
    ];

    private readonly Dataset _heart = DataReader.ReadSample();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Heart_scale_reaches_the_certified_optimum(bool accelerate)
    {
        var (y, weights) = (new Datasets([_heart]).Targets<Logit>().Targets[0], new float[14]);
        var result = GradientDescent.Minimize<Logit>(
            new(_heart.Matrix(intercept: true), y), weights, new()
            {
                Accelerate = accelerate,
                GradientTolerance = 1e-7,
                MaxIterations = 200_000,
            });
        Assert.Equal(StopReason.Converged, result.Reason);
        Assert.Equal(CertifiedDeviance, 2 * result.Loss, 1e-5);

        // The certificate is for the decimal data; as float32 they have their optimum 1.1e-7 lower.
        Assert.Equal(CertifiedDeviance,
            2 * DoubleOracle.Loss(DoubleOracle.Model.Logistic, _heart.Matrix(true), y, DoubleOracle.Widen(weights)), 1e-6);
        for (var j = 0; j < Certified.Length; j++)
            Assert.Equal(Certified[j], weights[j], 1e-4);
    }

    [Fact]
    public void The_double_gradient_vanishes_at_the_certified_coefficients()
    {
        // Checks the data and the certificate against each other, without the library.
        var gradient = DoubleOracle.Gradient(DoubleOracle.Model.Logistic, _heart.Matrix(true), new Datasets([_heart])
            .Targets<Logit>().Targets[0], Certified);
        Assert.All(gradient, g => Assert.Equal(0, g, 1e-5));
    }

    [Fact]
    public void Acceleration_takes_fewer_iterations()
    {
        Assert.True(Iterations(accelerate: true) * 2 < Iterations(accelerate: false));

        int Iterations(bool accelerate) => GradientDescent.Minimize<Logit>(
            new(_heart.Matrix(true), new Datasets([_heart]).Targets<Logit>().Targets[0]), new float[14],
            new() { Accelerate = accelerate, MaxIterations = 100_000 }).Iterations;
    }

    [Fact]
    public void Linear_regression_solves_the_normal_equations()
    {
        var p = Problem.Random(21, 300, 6, intercept: true);
        var truth = (float[])p.Weights.Clone();
        LinearRegression.Predict(p.X, truth, p.Y);
        Array.Clear(p.Weights);
        var result = GradientDescent.Minimize<Identity>(new(p.X, p.Y), p.Weights);
        Assert.Equal(StopReason.Converged, result.Reason);
        for (var j = 0; j < truth.Length; j++)
            Assert.Equal(truth[j], p.Weights[j], 1e-4f);
    }

    [Fact]
    public void Poisson_regression_takes_a_learning_rate_and_needs_none()
    {
        var p = Problem.Random(22, 200, 3, intercept: true, scale: 0.5f);
        var (given, found) = (new float[4], new float[4]);
        Assert.Equal(StopReason.Converged, GradientDescent.Minimize<Log>(new(p.X, p.Y), given, new() { LearningRate = 1e-3 }).Reason);
        Assert.Equal(StopReason.Converged, GradientDescent.Minimize<Log>(new(p.X, p.Y), found).Reason);
        for (var j = 0; j < 4; j++)
            Assert.Equal(given[j], found[j], 1e-4);
    }

    [Fact]
    public void Cancelling_keeps_the_weights_of_the_last_finished_step()
    {
        var (atThird, cancelled) = (new float[14], new float[14]);
        GradientDescent.Minimize<Logit>(new(_heart.Matrix(true), new Datasets([_heart]).Targets<Logit>().Targets[0]), atThird, new()
        {
            MaxIterations = 3,
        });
        using var source = new CancellationTokenSource();
        var result = GradientDescent.Minimize<Logit>(
            new(_heart.Matrix(true), new Datasets([_heart]).Targets<Logit>().Targets[0]), cancelled, progress: p =>
                Cancel(p.Iteration), cancellationToken: source.Token);
        Assert.Equal((StopReason.Cancelled, 3), (result.Reason, result.Iterations));
        Bits.Equal(atThird, cancelled, "weights");

        void Cancel(int iteration)
        {
            if (iteration == 3)
                source.Cancel();
        }
    }

    [Fact]
    public void Bad_data_stop_at_once_and_leave_the_weights()
    {
        var p = Problem.Random(23, 20, 3);
        p[4, 1] = float.NaN;
        float[] before = [.. p.Weights];
        var result = GradientDescent.Minimize<Logit>(new(p.X, p.Y), p.Weights, new() { LearningRate = 0.1 });
        Assert.Equal((StopReason.NonFinite, 1), (result.Reason, result.Iterations));
        Bits.Equal(before, p.Weights, "weights");
    }

    [Fact]
    public void The_bound_is_above_the_largest_eigenvalue()
    {
        // Power iteration from below; X of ones, where the bound is attained.
        var p = Problem.Random(24, 50, 9, intercept: true);
        var bound = Lipschitz.OfGramMatrix(p.X);
        float[] v = [.. Enumerable.Repeat(1f, 10)];
        var eigenvalue = 0.0;
        for (var i = 0; i < 200; i++)
        {
            LinearRegression.Gradient(p.X, new float[50], v, p.Gradient);
            eigenvalue = Math.Sqrt(p.Gradient.Sum(g => (double)g * g));
            for (var j = 0; j < v.Length; j++)
                v[j] = (float)(p.Gradient[j] / eigenvalue);
        }

        Assert.InRange(eigenvalue, bound / 20, bound);
        Assert.Equal(50 * 9, Lipschitz.OfGramMatrix(new DesignMatrix([.. Enumerable.Repeat(1f, 450)], 9)), 1e-9);
    }

    [Fact]
    public void Senseless_options_are_refused()
    {
        var p = Problem.Random(25, 5, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientDescent.Minimize<Logit>(new(p.X, p.Y), p.Weights, new()
        {
            LearningRate = 0,
        }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientDescent.Minimize<Logit>(new(p.X, p.Y), p.Weights, new()
        {
            LearningRate = double.NaN,
        }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientDescent.Minimize<Logit>(new(p.X, p.Y), p.Weights, new()
        {
            MaxIterations = -1,
        }));
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => GradientDescent.Minimize<Logit>(new(p.X, p.Y), new float[3])).ParamName);
    }
}
