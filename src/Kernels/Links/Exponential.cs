using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>
/// eˣ and log(1 + q) of eight float64 lanes, from IEEE additions, multiplications, fused multiply-adds, divisions
/// and bit operations alone, so that every machine gives the same bits.
/// </summary>
internal static class Exponential
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;

    // 1.5·2⁵² + 1023: after the addition the low bits of the sum are k + 1023, the biased exponent of 2ᵏ.
    private const double RoundToExponent = 6755399441055744.0 + 1023.0;

    // Minimax (Remez) for (eᵗ − 1 − t)/t² on |t| ≤ ln2/2; relative error of 1 + t + t²·P(t): 2⁻²⁸·²⁸.
    private const double C2 = 0.49999993452500646;
    private const double C3 = 0.16666520688077976;
    private const double C4 = 0.04166838719754317;
    private const double C5 = 0.00836871001082627;
    private const double C6 = 0.0013814621728848477;

    /// <summary>The smallest argument of <see cref="OfDouble"/>; e to it is still a normal float64.</summary>
    internal const float Smallest = -708f;

    /// <summary>The largest argument of <see cref="OfDouble"/> that is needed: e to it rounds to +∞ in float32.</summary>
    internal const float Largest = 89f;

    /// <summary>eˣ for x in [−708, 709], relative error below 2⁻²⁸·²; NaN for NaN.</summary>
    /// <remarks>
    /// x = k·ln2 + t with |t| ≤ ln2/2 (k rounded to nearest by the addition of a large constant), eˣ = 2ᵏ·eᵗ.
    /// The last step is a fused multiply-add onto 2ᵏ, so a NaN in t comes out as NaN whatever 2ᵏ holds.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes OfDouble<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var shifted = TLanes.MultiplyAddDouble(x, TLanes.BroadcastDouble(Log2E), TLanes.BroadcastDouble(RoundToExponent));
        var scale = TLanes.BitsToExponent(shifted);
        var k = TLanes.SubtractDouble(shifted, TLanes.BroadcastDouble(RoundToExponent));
        var t = TLanes.MultiplyAddDouble(k, TLanes.BroadcastDouble(-Ln2), x);

        var p = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(C6), t, TLanes.BroadcastDouble(C5));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(C4));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(C3));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(C2));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0));
        return TLanes.MultiplyAddDouble(TLanes.MultiplyDouble(t, scale), p, scale);
    }

    /// <summary>log(1 + q) for q in [0, 2¹⁰²³), relative error below 2⁻⁴⁸ (small q included); NaN for NaN.</summary>
    /// <remarks>
    /// 1 + q = F + c with F rounded and c its exact error (Knuth's two-sum); F = 2ᵏ·m, m in [√½, √2);
    /// log(1 + q) = k·ln2 + log m + c/F, log m = 2·atanh(s) with s = (m − 1)/(m + 1), |s| ≤ 0.1716, by its Taylor
    /// series to s¹⁹.
    /// </remarks>
    internal static TLanes LogOnePlus<TLanes>(TLanes q)
        where TLanes : struct, ILanes<TLanes>
    {
        const ulong BitsOfOne = 0x3FF0_0000_0000_0000;
        const ulong BitsOfRootHalf = 0x3FE6_A09E_667F_3BCD;
        const double TwoTo52 = 4503599627370496.0;

        var one = TLanes.BroadcastDouble(1.0);
        var sum = TLanes.AddDouble(one, q);
        var rounded = TLanes.SubtractDouble(sum, one);
        var error = TLanes.AddDouble(
            TLanes.SubtractDouble(one, TLanes.SubtractDouble(sum, rounded)),
            TLanes.SubtractDouble(q, rounded));

        var biased = TLanes.ExponentToBits(TLanes.AddBits(sum, Bits<TLanes>(BitsOfOne - BitsOfRootHalf)));
        var m = TLanes.AddBits(TLanes.SubtractBits(sum, TLanes.BitsToExponent(biased)), Bits<TLanes>(BitsOfOne));
        var k = TLanes.SubtractDouble(
            TLanes.AddBits(biased, TLanes.BroadcastDouble(TwoTo52)), TLanes.BroadcastDouble(TwoTo52 + 1023.0));

        var s = TLanes.DivideDouble(TLanes.SubtractDouble(m, one), TLanes.AddDouble(m, one));
        var v = TLanes.MultiplyDouble(s, s);
        var series = TLanes.BroadcastDouble(2.0 / 19);
        for (var odd = 17; odd >= 3; odd -= 2)
            series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / odd));
        var tail = TLanes.MultiplyAddDouble(TLanes.MultiplyDouble(s, v), series, TLanes.DivideDouble(error, sum));
        var log = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(2.0), s, tail);
        return TLanes.MultiplyAddDouble(k, TLanes.BroadcastDouble(Ln2), log);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Bits<TLanes>(ulong bits)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.BroadcastDouble(BitConverter.UInt64BitsToDouble(bits));
}
