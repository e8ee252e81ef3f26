using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>s = σ(−a) = 1/(1 + eᵃ) for a ≥ 0: all of the sigmoid follows from it, σ(z) = s for z &lt; 0 and 1 − s
/// otherwise.</summary>
internal static class SigmoidTail
{
    /// <summary>The last a whose s is a normal float, 2⁻¹²⁶ or more; <see cref="Normal"/> is 0 beyond.</summary>
    internal const float LastNormal = 87.3365402f;

    // Beyond, e^−a is below half of the smallest subnormal.
    private const float LastNonzero = 104f;

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
    /// s, or 0 where s would be subnormal: within 1 ulp and never increasing, checked on all floats (ACCURACY.md, Sigmoid); NaN for NaN.
    /// </summary>
    /// <remarks>Subnormal means and residuals would make each of their multiplications a microcode assist, and the pass ten times
    /// slower.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Normal<TLanes>(TLanes a, TLanes raw)
        where TLanes : struct, IArithmetic<TLanes> =>
        TLanes.SelectLessThan(TLanes.Broadcast(LastNormal), a, TLanes.Zero, raw);

    /// <summary>s, subnormal values included: what softplus needs (ACCURACY.md, Softplus).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Whole<TLanes>(TLanes a, TLanes raw)
        where TLanes : struct, IArithmetic<TLanes> =>
        TLanes.SelectLessThan(TLanes.Broadcast(LastNonzero), a, TLanes.Zero, raw);

    /// <summary>s for a ≤ 104, anything beyond: to be cut off by <see cref="Normal"/> or <see cref="Whole"/>.</summary>
    /// <remarks>
    /// a = n·ln2 + t (Cody and Waite), so 1 + eᵃ = 1 + 2ⁿ(1 + t + t²·P(t)). The sum is kept as d + low, two floats with
    /// no overlap, and its reciprocal corrected once: the only rounding errors that count are those of t, of t²·P, and the last.
    /// What comes before the last rounding is monotone but for some 2⁻⁴⁷. All is scaled by 2⁻²⁴ until the last step, so
    /// that eᵃ does not overflow.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Raw<TLanes>(TLanes a)
        where TLanes : struct, IArithmetic<TLanes>
    {
        var shift = TLanes.Broadcast(RoundToExponent);
        var shifted = TLanes.MultiplyAdd(a, TLanes.Broadcast(Log2E), shift);
        var scale = TLanes.BitsToExponent(shifted);
        var n = TLanes.Subtract(shifted, shift);
        var t = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2High), a);
        t = TLanes.MultiplyAdd(n, TLanes.Broadcast(Ln2Low), t);

        // t²·(C2 + C3·t + t²·(C4 + C5·t + t²·C6)): the two linear parts side by side (Estrin).
        var t2 = TLanes.Multiply(t, t);
        var p = TLanes.MultiplyAdd(TLanes.Broadcast(C5), t, TLanes.Broadcast(C4));
        p = TLanes.MultiplyAdd(TLanes.Broadcast(C6), t2, p);
        p = TLanes.MultiplyAdd(p, t2, TLanes.MultiplyAdd(TLanes.Broadcast(C3), t, TLanes.Broadcast(C2)));
        p = TLanes.Multiply(t2, p);

        // high + low = one + scale + scale·t, exactly (Dekker's fast two-sum); then scale·p joins, and the two part again.
        var one = TLanes.Broadcast(TwoToMinus24);
        var sum = TLanes.Add(one, scale);
        var high = TLanes.MultiplyAdd(scale, t, sum);
        var low = TLanes.MultiplyAdd(scale, t, TLanes.Subtract(sum, high));
        low = TLanes.Add(low, TLanes.Subtract(one, TLanes.Subtract(sum, scale)));
        low = TLanes.MultiplyAdd(scale, p, low);
        var d = TLanes.Add(high, low);
        low = TLanes.Subtract(low, TLanes.Subtract(d, high));

        var negative = TLanes.Divide(TLanes.Broadcast(-1f), d);
        var inverse = TLanes.Multiply(negative, TLanes.Broadcast(-TwoToMinus24));
        var rest = TLanes.MultiplyAdd(negative, d, TLanes.Broadcast(1f));
        rest = TLanes.MultiplyAdd(negative, low, rest);
        return TLanes.MultiplyAdd(rest, inverse, inverse);
    }
}
