using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>A logarithm of eight float64 lanes, from IEEE operations and bit operations alone.</summary>
internal static class Logarithm
{
    private const double Ln2 = 0.6931471805599453;
    private const double TwoTo52 = 4503599627370496.0;
    private const ulong BitsOfOne = 0x3FF0_0000_0000_0000;
    private const ulong BitsOfRootHalf = 0x3FE6_A09E_667F_3BCD;

    /// <summary>
    /// −log Π(1 − sᵢ), given the product itself and its complement 1 − Π(1 − sᵢ), each computed with its own relative
    /// precision. Relative error below 2⁻⁴⁵ for a product in [2⁻¹⁰²², 1]; NaN for NaN.
    /// </summary>
    /// <remarks>
    /// From ½ up the complement is the more precise of the two: the logarithm is then that of product + δ,
    /// δ = (1 − product) − complement, to first order in δ. product = 2ᵏ·m with m in [√½, √2), log m = 2·atanh(s),
    /// s = (m − 1)/(m + 1), |s| ≤ 0.1716, by its Taylor series to s¹⁹.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Minus<TLanes>(TLanes product, TLanes complement)
        where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.BroadcastDouble(1.0);
        var delta = TLanes.SubtractDouble(TLanes.SubtractDouble(one, product), complement);
        delta = TLanes.Select(TLanes.LessThanDouble(product, TLanes.BroadcastDouble(0.5)), TLanes.Zero, delta);

        var biased = TLanes.ExponentToBitsDouble(TLanes.AddBits(product, Bits<TLanes>(BitsOfOne - BitsOfRootHalf)));
        var m = TLanes.AddBits(TLanes.SubtractBits(product, TLanes.BitsToExponentDouble(biased)), Bits<TLanes>(BitsOfOne));
        var k = TLanes.SubtractDouble(
            TLanes.AddBits(biased, TLanes.BroadcastDouble(TwoTo52)), TLanes.BroadcastDouble(TwoTo52 + 1023.0));

        var s = TLanes.DivideDouble(TLanes.SubtractDouble(m, one), TLanes.AddDouble(m, one));
        var v = TLanes.MultiplyDouble(s, s);
        var series = TLanes.BroadcastDouble(2.0 / 19);
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 17));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 15));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 13));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 11));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 9));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 7));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 5));
        series = TLanes.MultiplyAddDouble(series, v, TLanes.BroadcastDouble(2.0 / 3));
        var tail = TLanes.MultiplyAddDouble(TLanes.MultiplyDouble(s, v), series, TLanes.DivideDouble(delta, product));
        var log = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(2.0), s, tail);
        return TLanes.SubtractDouble(TLanes.Zero, TLanes.MultiplyAddDouble(k, TLanes.BroadcastDouble(Ln2), log));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Bits<TLanes>(ulong bits)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.BroadcastDouble(BitConverter.UInt64BitsToDouble(bits));
}
