using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

public class StepTests
{
    public static TheoryData<string> Engines => Engine.Names;

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_step_is_one_fused_multiply_add_of_the_gradient(string name)
    {
        var engine = Engine.Get(name);
        foreach (var columns in new[] { 0, 1, 15, 16, 17, 32, 100, 2048, 5000 })
        {
            foreach (var rows in new[] { 0, 1, 20, 1500 })
            {
                foreach (var reduction in Enum.GetValues<Reduction>())
                {
                    var p = Problem.Random(9, rows, columns, intercept: true);
                    engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient, reduction);
                    var expected = new float[p.Weights.Length];
                    for (var j = 0; j < expected.Length; j++)
                        expected[j] = MathF.FusedMultiplyAdd(-0.3f, p.Gradient[j], p.Weights[j]);
                    Assert.True(engine.Step<Logit>(p.X, p.Y, p.Weights, 0.3f, reduction).Applied);
                    Bits.Equal(expected, p.Weights, $"{name} {rows}x{columns} {reduction}");
                }
            }
        }
    }

    [Fact]
    public void A_step_of_zero_changes_nothing_and_is_applied()
    {
        var p = Problem.Random(9, 30, 7);
        float[] before = [.. p.Weights];
        Assert.True(LogisticRegression.Step(p.X, p.Y, p.Weights, 0f).Applied);
        Bits.Equal(before, p.Weights, "weights");
    }

    [Fact]
    public void Inputs_are_not_written()
    {
        var p = Problem.Random(9, 2100, 41, intercept: true, gap: 2);
        var (y, x) = (p.Y.ToArray(), Enumerable.Range(0, 2100).Select(i => p.X.Row(i).ToArray()).ToArray());
        LogisticRegression.Step(p.X, p.Y, p.Weights, 0.01f);
        float[] w = [.. p.Weights];
        LogisticRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient);
        LogisticRegression.Predict(p.X, p.Weights, new float[2100]);
        Bits.Equal(y, p.Y, "y");
        Bits.Equal(w, p.Weights, "weights");
        for (var i = 0; i < 2100; i++)
            Bits.Equal(x[i], p.X.Row(i), "X");
    }
}
