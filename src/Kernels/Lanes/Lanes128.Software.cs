using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <content>fma(a, b, c) where the processor, or what a program was compiled for, has none: through float64.</content>
internal readonly partial struct Lanes128
{
    // Of the 29 bits of a float64 that a float32 has no room for: the first alone, which is half a unit in the last place.
    private const uint Dropped = (1u << 29) - 1;
    private const uint HalfUnit = 1u << 28;

    // Twice the upper word of 2⁻¹²⁶, the smallest normal float32: the sign is gone.
    private const uint SmallestNormal = 0x3810_0000u << 1;

    private static bool IsFused
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Fma.IsSupported || AdvSimd.IsSupported;
    }

    /// <summary>fma(a, b, c) by multiplications and additions of float64.</summary>
    /// <remarks>
    /// a·b is exact in float64: 48 bits of 53. So a·b + c is rounded twice, which differs from once only where the first rounding gives
    /// half a unit of a float32, or less than its smallest normal number, whose units are larger. Then all is done again with the first
    /// rounding to odd (Boldo and Melquiond, IEEE Trans. Comput. 57, 2008), twice the operations. In a method of its own: sixteen times
    /// inlined it would fill the loops, and only those who have no fused multiply-add come here.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static Lanes128 MultiplyAddInSoftware(in Lanes128 a, in Lanes128 b, in Lanes128 c)
    {
        var doubtful = Vector128<uint>.Zero;
        var v0 = RoundedTwice(a._v0, b._v0, c._v0, ref doubtful);
        var v1 = RoundedTwice(a._v1, b._v1, c._v1, ref doubtful);
        var v2 = RoundedTwice(a._v2, b._v2, c._v2, ref doubtful);
        var v3 = RoundedTwice(a._v3, b._v3, c._v3, ref doubtful);
        return doubtful == Vector128<uint>.Zero ? new(v0, v1, v2, v3) : RoundedOnce(a, b, c);
    }

    /// <summary>The same from and to memory, which spares copies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static unsafe void MultiplyAddInSoftware(ref Lanes128 accumulator, in Lanes128 factor, Floats source)
    {
        var doubtful = Vector128<uint>.Zero;
        var v0 = RoundedTwice(Vector128.Load(source.Pointer), factor._v0, accumulator._v0, ref doubtful);
        var v1 = RoundedTwice(Vector128.Load(source.Pointer + 4), factor._v1, accumulator._v1, ref doubtful);
        var v2 = RoundedTwice(Vector128.Load(source.Pointer + 8), factor._v2, accumulator._v2, ref doubtful);
        var v3 = RoundedTwice(Vector128.Load(source.Pointer + 12), factor._v3, accumulator._v3, ref doubtful);
        accumulator = doubtful == Vector128<uint>.Zero ? new(v0, v1, v2, v3) : RoundedOnce(Load(source), factor, accumulator);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> RoundedTwice(Vector128<float> a, Vector128<float> b, Vector128<float> c, ref Vector128<uint> doubtful)
    {
        var lower = (Vector128.WidenLower(a) * Vector128.WidenLower(b)) + Vector128.WidenLower(c);
        var upper = (Vector128.WidenUpper(a) * Vector128.WidenUpper(b)) + Vector128.WidenUpper(c);
        var (low, high) = Sse.IsSupported
            ? (Sse.Shuffle(lower.AsSingle(), upper.AsSingle(), 0b10_00_10_00).AsUInt32(),
                Sse.Shuffle(lower.AsSingle(), upper.AsSingle(), 0b11_01_11_01).AsUInt32())
            : (Vector128.Narrow(lower.AsUInt64(), upper.AsUInt64()), Vector128.Narrow(lower.AsUInt64() >> 32, upper.AsUInt64() >> 32));

        // A sum of 0 is exact; −1 makes it the largest of all. Minima of all lanes, compared once, need fewer operations; they took a
        // third longer.
        var isSmall = Vector128.LessThan((high << 1) - Vector128<uint>.One, Vector128.Create(SmallestNormal - 1));
        doubtful |= isSmall | Vector128.Equals(low & Vector128.Create(Dropped), Vector128.Create(HalfUnit));
        return Vector128.Narrow(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Lanes128 RoundedOnce(in Lanes128 a, in Lanes128 b, in Lanes128 c) => new(
        RoundedOnce(a._v0, b._v0, c._v0),
        RoundedOnce(a._v1, b._v1, c._v1),
        RoundedOnce(a._v2, b._v2, c._v2),
        RoundedOnce(a._v3, b._v3, c._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> RoundedOnce(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.Narrow(
        RoundedToOdd(Vector128.WidenLower(a) * Vector128.WidenLower(b), Vector128.WidenLower(c)),
        RoundedToOdd(Vector128.WidenUpper(a) * Vector128.WidenUpper(b), Vector128.WidenUpper(c)));

    // Of the two neighbours of an inexact sum that whose last bit is 1: the nearest, or, where that is even, the other one, which lies
    // where the error points. The error is exact (Knuth's two-sum); of an infinity it is NaN, which is on neither side of 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> RoundedToOdd(Vector128<double> product, Vector128<double> c)
    {
        var sum = product + c;
        var part = sum - product;
        var error = (product - (sum - part)) + (c - part);
        var isInexact = Vector128.LessThan(error, Vector128<double>.Zero) | Vector128.LessThan(Vector128<double>.Zero, error);
        var isEven = Vector128.Equals(sum.AsInt64() & Vector128<long>.One, Vector128<long>.Zero);
        var away = ((error.AsInt64() ^ sum.AsInt64()) >> 63) | Vector128<long>.One; // 1 where both have one sign, else −1
        return (sum.AsInt64() + (away & isInexact.AsInt64() & isEven)).AsDouble();
    }
}
