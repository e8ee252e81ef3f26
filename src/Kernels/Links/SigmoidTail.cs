using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>s = σ(−a) = 1/(1 + eᵃ) for a ≥ 0: all of the sigmoid follows from it, σ(z) = s for z &lt; 0 and 1 − s otherwise.</summary>
internal static class SigmoidTail
{
    /// <summary>From here on s rounds to 0: e^−104 is below half of the smallest subnormal.</summary>
    internal const float Zero = 104f;

    private const float Log2E = 1.44269502f;

    // ln2 = High − Low, split so that n·High is subtracted from a exactly by a fused multiply-add.
    private const float Ln2High = 0.693147182f;
    private const float Ln2Low = 1.90465432e-9f;

    // 1.5·2²³ + 103: after the addition the low bits of the sum are n + 103, the biased exponent of 2ⁿ⁻²⁴.
    private const float RoundToExponent = 12583015f;
    private const float TwoToMinus24 = 5.96046448e-8f;

    // Minimax for (eᵗ − 1 − t)/t² on |t| ≤ ln2/2 in float32 coefficients; relative error of 1 + t + t²·P(t): 2⁻²⁸·²⁶.
    private const float C2 = 0.49999994f;
    private const float C3 = 0.166665211f;
    private const float C4 = 0.0416682586f;
    private const float C5 = 0.00836867653f;
    private const float C6 = 0.0013821366f;

    /// <summary>
    /// Within 0.81 ulp for every a, subnormal results included, and never increasing (checked on all floats); NaN for NaN.
    /// </summary>
    /// <remarks>
    /// a = n·ln2 + t (Cody and Waite), so 1 + eᵃ = 1 + 2ⁿ(1 + t + t²·P(t)). The sum is kept as d + low, two floats with
    /// no overlap, and its reciprocal corrected once: the only rounding errors that count are those of t, of t²·P, and the last.
    /// What comes before the last rounding is monotone but for some 2⁻⁴⁷. All is scaled by 2⁻²⁴, so that neither eᵃ
    /// overflows nor the reciprocal is subnormal before its last multiplication.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Of<TLanes>(TLanes a)
        where TLanes : struct, ILanes<TLanes>
    {
        var shift = TLanes.Broadcast(RoundToExponent);
        var shifted = TLanes.MultiplyAdd(a, TLanes.Broadcast(Log2E), shift);
        var scale = TLanes.BitsToExponent(shifted);
        var n = TLanes.Subtract(shifted, shift);
        var t = TLanes.NegateMultiplyAdd(n, TLanes.Broadcast(Ln2High), a);
        t = TLanes.MultiplyAdd(n, TLanes.Broadcast(Ln2Low), t);

        var p = TLanes.MultiplyAdd(TLanes.Broadcast(C6), t, TLanes.Broadcast(C5));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(C4));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(C3));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(C2));
        p = TLanes.Multiply(TLanes.Multiply(t, t), p);

        // high + low = one + scale + scale·t, exactly (Dekker's fast two-sum); then scale·p joins, and the two part again.
        var one = TLanes.Broadcast(TwoToMinus24);
        var sum = TLanes.Add(one, scale);
        var high = TLanes.MultiplyAdd(scale, t, sum);
        var low = TLanes.MultiplyAdd(scale, t, TLanes.Subtract(sum, high));
        low = TLanes.Add(low, TLanes.Subtract(one, TLanes.Subtract(sum, scale)));
        low = TLanes.MultiplyAdd(scale, p, low);
        var d = TLanes.Add(high, low);
        low = TLanes.Subtract(low, TLanes.Subtract(d, high));

        var unit = TLanes.Broadcast(1f);
        var inverse = TLanes.Divide(unit, d);
        var rest = TLanes.NegateMultiplyAdd(inverse, d, unit);
        rest = TLanes.NegateMultiplyAdd(inverse, low, rest);
        var s = TLanes.Multiply(TLanes.MultiplyAdd(rest, inverse, inverse), one);
        return TLanes.SelectLessThan(TLanes.Broadcast(Zero), a, TLanes.Zero, s);
    }
}
