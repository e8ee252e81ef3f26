using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>
/// eˣ of eight float64 lanes, from IEEE additions, multiplications, fused multiply-adds and bit operations alone, so
/// that every machine gives the same bits.
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

    // ln2 less its float64.
    private const double Ln2Rest = 2.3190468138462996e-17;

    /// <summary>eˣ for x in [−708, 709], within 1.1 ulp of float64; NaN for NaN.</summary>
    /// <remarks>The reduction of <see cref="OfDouble"/> with the rest of ln2, and the Taylor series to t¹³/13!, whose next term is below
    /// 2⁻⁵⁷ of eᵗ for |t| ≤ ln2/2.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes InDouble<TLanes>(TLanes x)
        where TLanes : struct, IArithmetic<TLanes>
    {
        var shifted = TLanes.MultiplyAddDouble(x, TLanes.BroadcastDouble(Log2E), TLanes.BroadcastDouble(RoundToExponent));
        var scale = TLanes.BitsToExponentDouble(shifted);
        var k = TLanes.SubtractDouble(shifted, TLanes.BroadcastDouble(RoundToExponent));
        var t = TLanes.MultiplyAddDouble(k, TLanes.BroadcastDouble(-Ln2), x);
        t = TLanes.MultiplyAddDouble(k, TLanes.BroadcastDouble(-Ln2Rest), t);

        var p = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(1.0 / 6227020800), t, TLanes.BroadcastDouble(1.0 / 479001600));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 39916800));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 3628800));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 362880));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 40320));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 5040));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 720));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 120));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 24));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0 / 6));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(0.5));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0));
        return TLanes.MultiplyAddDouble(TLanes.MultiplyDouble(t, scale), p, scale);
    }

    /// <summary>eˣ for x in [−708, 709], relative error below 2⁻²⁸·²; NaN for NaN.</summary>
    /// <remarks>
    /// x = k·ln2 + t with |t| ≤ ln2/2 (k rounded to nearest by the addition of a large constant), eˣ = 2ᵏ·eᵗ.
    /// The last step is a fused multiply-add onto 2ᵏ, so a NaN in t comes out as NaN whatever 2ᵏ holds.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes OfDouble<TLanes>(TLanes x)
        where TLanes : struct, IArithmetic<TLanes>
    {
        var shifted = TLanes.MultiplyAddDouble(x, TLanes.BroadcastDouble(Log2E), TLanes.BroadcastDouble(RoundToExponent));
        var scale = TLanes.BitsToExponentDouble(shifted);
        var k = TLanes.SubtractDouble(shifted, TLanes.BroadcastDouble(RoundToExponent));
        var t = TLanes.MultiplyAddDouble(k, TLanes.BroadcastDouble(-Ln2), x);

        var p = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(C6), t, TLanes.BroadcastDouble(C5));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(C4));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(C3));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(C2));
        p = TLanes.MultiplyAddDouble(p, t, TLanes.BroadcastDouble(1.0));
        return TLanes.MultiplyAddDouble(TLanes.MultiplyDouble(t, scale), p, scale);
    }
}
