using System.Runtime.InteropServices;

namespace Kernels.Tests.Support;

/// <summary>Comparison bit for bit, with a message that says where.</summary>
public static class Bits
{
    public static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
            return;
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
        }
    }

    public static void Equal(double expected, double actual, string what)
    {
        if (BitConverter.DoubleToInt64Bits(expected) != BitConverter.DoubleToInt64Bits(actual))
            Assert.Fail($"{what}: {actual:R}, not {expected:R}");
    }

    public static string Shape(string engine, int rows, int columns, bool intercept, int gap) =>
        $"{engine} {rows}x{columns}{(intercept ? " with intercept" : string.Empty)} gap {gap}";
}
