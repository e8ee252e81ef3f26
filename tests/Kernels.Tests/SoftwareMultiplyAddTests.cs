using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>The multiply-add through float64 rounds once, as the processor's does: on this machine it is compared with that.</summary>
public class SoftwareMultiplyAddTests
{
    private const float LargestSubnormal = 1.1754942e-38f;

    private static readonly float[] Edges =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1.17549435e-38f, 1.1754942e-38f, -1.17549435e-38f, float.MaxValue, -float.MaxValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.5f, 1.5f, 16777215f, 16777216f, 1.0000001f, 0.99999994f, 3e-39f,
        1e-20f, -1e-20f,
    ];

    [Fact]
    public void Every_triple_of_edges()
    {
        var triples = (from a in Edges from b in Edges from c in Edges select (a, b, c)).ToList();
        for (var i = 0; i < triples.Count; i += 16)
            Check(k => triples[Math.Min(i + k, triples.Count - 1)]);
    }

    [Fact]
    public void Random_magnitudes_that_cancel_and_that_do_not()
    {
        var random = new SplitMix(7);
        for (var i = 0; i < (Grid.IsThinned ? 20_000 : 60_000); i++)
        {
            Check(_ =>
            {
                var (a, b) = (Draw(), Draw());
                return random.Between(0, 3) == 0 ? (a, b, (float)(-(double)a * b)) : (a, b, Draw());
            });
        }

        float Draw() => MathF.ScaleB(random.PlusMinusOne(), random.Between(-5, 5) * random.Between(0, 14));
    }

    /// <summary>Sums a hair beside half a unit of the result, on either side, where rounding twice goes wrong; and half a unit
    /// itself.</summary>
    [Fact]
    public void A_hair_beside_half_a_unit()
    {
        var random = new SplitMix(11);
        var wrongIfRoundedTwice = 0;
        for (var i = 0; i < (Grid.IsThinned ? 20_000 : 60_000); i++)
        {
            var kind = i % 3; // one for all lanes: what is doubtful in one is done again in all
            Check(_ =>
            {
                // c is a float; a·b is half its unit, less 2⁻²⁴ to 2⁻⁴⁶ of that, or not; a subnormal has the unit 2⁻¹⁴⁹.
                var exponent = kind == 0 ? random.Between(-100, 100) : random.Between(-149, -127);
                var c = kind == 2 ? LargestSubnormal : MathF.ScaleB(random.Between(1 << 23, (1 << 24) - 1), exponent - 23);
                var half = Math.Max(c == LargestSubnormal ? -150 : exponent - 24, -150);
                var hair = random.PlusMinusOne() * MathF.ScaleB(1, -random.Between(12, 23)) * random.Between(0, 1);
                var a = MathF.ScaleB(1 + hair, half / 2);
                var b = MathF.ScaleB(1 - hair, half - (half / 2)) * (random.Between(0, 1) == 0 ? 1 : -1);
                c *= random.Between(0, 1) == 0 ? 1 : -1;
                if ((float)(((double)a * b) + c) != MathF.FusedMultiplyAdd(a, b, c))
                    wrongIfRoundedTwice++;
                return (a, b, c);
            });
        }

        Assert.True(wrongIfRoundedTwice > 1000, $"{wrongIfRoundedTwice} cases");
    }

    private static unsafe void Check(Func<int, (float A, float B, float C)> lane)
    {
        Span<float> a = stackalloc float[16], b = stackalloc float[16], c = stackalloc float[16];
        for (var k = 0; k < 16; k++)
            (a[k], b[k], c[k]) = lane(k);
        var result = Lanes128.MultiplyAddInSoftware(Unsafe.As<float, Lanes128>(ref a[0]), Unsafe.As<float, Lanes128>(ref b[0]),
            Unsafe.As<float, Lanes128>(ref c[0]));
        var accumulator = Unsafe.As<float, Lanes128>(ref c[0]);
        fixed (float* source = a)
            Lanes128.MultiplyAddInSoftware(ref accumulator, Unsafe.As<float, Lanes128>(ref b[0]), new(source));
        for (var k = 0; k < 16; k++)
        {
            var expected = MathF.FusedMultiplyAdd(a[k], b[k], c[k]);
            Same(expected, Unsafe.Add(ref Unsafe.As<Lanes128, float>(ref result), k), a[k], b[k], c[k]);
            Same(expected, Unsafe.Add(ref Unsafe.As<Lanes128, float>(ref accumulator), k), a[k], b[k], c[k]);
        }
    }

    private static void Same(float expected, float actual, float a, float b, float c)
    {
        var same = float.IsNaN(expected)
            ? float.IsNaN(actual)
            : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual);
        Assert.True(same, $"fma({a:R}, {b:R}, {c:R}) is {actual:R}, not {expected:R}");
    }
}
