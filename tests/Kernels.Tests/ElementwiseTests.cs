using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>The functions over spans: the bits of the fused pass, the overlap rules of TensorPrimitives.</summary>
public class ElementwiseTests
{
    private delegate void Function(ReadOnlySpan<float> x, Span<float> destination);

    private static readonly Function[] Functions = [Elementwise.Sigmoid, Elementwise.Exp, Elementwise.Softplus];

    [Fact]
    public void They_are_the_very_functions_of_the_models()
    {
        var random = new SplitMix(41);
        var value = new float[1];
        for (var i = 0; i < 20_000; i++)
        {
            var z = random.PlusMinusOne() * random.Between(1, 120);
            Elementwise.Sigmoid([z], value);
            Bits.Equal([LogisticRegression.Predict([z], [1f])], value, $"σ({z:R})");

            // A one-hot row: the residual for y = 0 is σ(z), the loss is softplus (0 where σ is 0; softplus keeps subnormals).
            var gradient = new float[1];
            var loss = LogisticRegression.Gradient(new DesignMatrix([1f], 1), [0f], [z], gradient);
            Bits.Equal(gradient, value, $"residual at {z:R}");
            Elementwise.Softplus([z], value);
            Bits.Equal([gradient[0] == 0 ? 0 : (float)loss], [gradient[0] == 0 ? 0 : value[0]], $"softplus({z:R})");
            if (gradient[0] == 0)
                Assert.Equal(0, loss);
            Elementwise.Exp([z], value);
            Bits.Equal([PoissonRegression.Predict([z], [1f])], value, $"exp({z:R})");
        }
    }

    [Fact]
    public void Every_length_gives_the_same_values_in_place_and_apart()
    {
        foreach (var function in Functions)
        {
            for (var n = 0; n <= 70; n++)
            {
                float[] x = [.. Enumerable.Range(0, n).Select(i => (i * 0.37f) - 11f)];
                var expected = new float[n];
                for (var i = 0; i < n; i++)
                    function([x[i]], expected.AsSpan(i, 1));

                var apart = new float[n + 2];
                Array.Fill(apart, 42f);
                function(x, apart.AsSpan(1, n));
                Bits.Equal(expected, apart.AsSpan(1, n), "apart");
                Assert.Equal((42f, 42f), (apart[0], apart[^1]));

                var longer = new float[n + 3];
                function(x, longer);
                Bits.Equal(new float[3], longer.AsSpan(n), "beyond x");

                function(x, x);
                Bits.Equal(expected, x, "in place");
            }
        }
    }

    [Fact]
    public void Special_values()
    {
        float[] x = [0f, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        var y = new float[5];
        Elementwise.Sigmoid(x, y);
        Assert.Equal([0.5f, 0.5f, 1f, 0f, float.NaN], y);
        Elementwise.Exp(x, y);
        Assert.Equal([1f, 1f, float.PositiveInfinity, 0f, float.NaN], y);
        Elementwise.Softplus(x, y);
        Assert.Equal([(float)Math.Log(2), (float)Math.Log(2), float.PositiveInfinity, 0f, float.NaN], y);
    }

    [Fact]
    public void Wrong_destinations_are_refused()
    {
        var buffer = new float[40];
        foreach (var function in Functions)
        {
            Assert.Equal("destination", Assert.Throws<ArgumentException>(() => function(new float[3], new float[2])).ParamName);
            for (var offset = 0; offset <= 20; offset++)
            {
                var overlaps = offset is not 10 and > 0 and < 20;
                var call = () => function(buffer.AsSpan(10, 10), buffer.AsSpan(offset, 10));
                if (overlaps)
                    Assert.Equal("destination", Assert.Throws<ArgumentException>(call).ParamName);
                else
                    call();
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (x, y) = (new float[1000], new float[1000]);
        Array.ForEach(Functions, f => f(x, y));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Elementwise.Sigmoid(x, y);
            Elementwise.Exp(x, y);
            Elementwise.Softplus(x, y);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
