using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Second-order optimisers reach certified coefficients to a thousandth of their standard errors.</summary>
public class CertifiedTests
{
    public static TheoryData<string> Cases => ["heart_scale", "iris", "mtcars am", "mtcars vs"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Lbfgs_reaches_them(string name)
    {
        var data = Of(name);
        var weights = new float[data.Weights.Length];
        var result = Lbfgs.Minimize<Logit>(data.Data, weights, new() { GradientTolerance = 1e-7 });
        Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason} after {result.Iterations}");
        data.Check(weights, result.Loss);
        if (name == "heart_scale")
            Assert.InRange(result.Iterations, 1, 60); // gradient descent takes 211
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Newton_reaches_them(string name)
    {
        var data = Of(name);
        var weights = new float[data.Weights.Length];
        var points = new List<double>();
        var result = Newton.Minimize<Logit>(data.Data, weights, new() { GradientTolerance = 1e-7 }, p => points.Add(p.Loss));
        Assert.True(result.Reason is StopReason.Converged or StopReason.Stalled, $"{result.Reason} after {result.Iterations}");
        data.Check(weights, result.Loss);
        Assert.InRange(points.Count, 4, 30);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_check_notices_three_percent_of_one_weight(string name)
    {
        var data = Of(name);
        var weights = Array.ConvertAll(data.Weights, w => (float)w);
        data.Check(weights, data.Deviance / 2);
        weights[0] *= 1.03f;
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => data.Check(weights, data.Deviance / 2));
    }

    internal static CertifiedData Of(string name) => name switch
    {
        "heart_scale" => CertifiedData.HeartScale,
        "iris" => CertifiedData.Iris,
        "mtcars am" => CertifiedData.AutomaticByDisplacementAndPower,
        _ => CertifiedData.EngineByWeightAndDisplacement,
    };
}
