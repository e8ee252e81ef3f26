using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>Subnormal data are data: nothing is flushed to zero, on any width.</summary>
public class DenormalTests
{
    public static TheoryData<string> Engines => Engine.Names;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Subnormal_features_give_an_exact_subnormal_gradient(string name)
    {
        // r = ±½ and x a multiple of 2⁻¹⁴⁸: every partial sum is a multiple of 2⁻¹⁴⁹, exact.
        var engine = Engine.Get(name);
        var unit = MathF.ScaleB(1f, -148);
        var p = new Problem(100, 37).FillX((i, j) => (((i * 7) + (j * 3)) % 11 - 5) * unit);
        for (var i = 0; i < p.Rows; i++)
            p.Y[i] = i % 3 == 0 ? 1f : 0f;
        var expected = new float[37];
        for (var j = 0; j < 37; j++)
        {
            for (var i = 0; i < p.Rows; i++)
                expected[j] += (0.5f - p.Y[i]) * p[i, j];
        }

        engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
        Assert.Contains(expected, g => g != 0 && !float.IsNormal(g));
        for (var j = 0; j < 37; j++)
            Assert.Equal(expected[j], p.Gradient[j]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Subnormal_weights_give_an_exact_margin(string name)
    {
        var engine = Engine.Get(name);
        var p = new Problem(20, 33).FillX((i, j) => ((i + j) % 7) - 3);
        for (var j = 0; j < 33; j++)
            p.Weights[j] = (j - 16) * float.Epsilon;
        var margins = new float[20];
        engine.Predict<Identity>(p.X, p.Weights, margins);
        for (var i = 0; i < 20; i++)
            Assert.Equal(Enumerable.Range(0, 33).Sum(j => (int)p[i, j] * (j - 16)) * (double)float.Epsilon, margins[i]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_mean_below_the_smallest_normal_float_is_zero_and_so_is_its_loss(string name)
    {
        var engine = Engine.Get(name);
        float[] x = [-87f, -87.33654f, -87.33655f, -95f, -103.9f, -104.1f];
        var means = new float[6];
        engine.Predict<Logit>(new DesignMatrix(x, 1), [1f], means);
        Assert.Equal(Math.Exp(-87f), means[0], 1e-44);
        Assert.InRange(means[1], 1.17549435e-38f, 1.1755e-38f);
        Assert.Equal([0f, 0f, 0f, 0f], means[2..]);

        for (var i = 0; i < 6; i++)
        {
            var gradient = new float[1];
            var loss = engine.Gradient<Logit>(new DesignMatrix(x.AsSpan(i, 1), 1), [0f], [1f], gradient);
            Assert.Equal(means[i] * x[i], gradient[0]);
            if (means[i] == 0)
                Assert.Equal(0, loss);
            else
                Assert.Equal(Math.Exp(x[i]), loss, Math.Exp(x[i]) * 2e-7);
        }
    }
}
