using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The link of logistic regression: μ = σ(z) = 1/(1 + e⁻ᶻ), loss log(1 + eᶻ) − y·z.</summary>
/// <remarks>
/// Everything is computed from e = e^−|z| in float64, so nothing overflows and nothing cancels:
/// s = e/(1 + e) = σ(−|z|); σ(z) = s for z &lt; 0 and 1 − s otherwise; with t = y for z &lt; 0 and 1 − y otherwise,
/// r = ±(t − s) and the loss is t·|z| + log(1 + e). The residual keeps its relative precision where σ(z) − 1 would be 0.
/// </remarks>
public readonly struct Logit : ILink
{
    /// <inheritdoc/>
    public static double CurvatureBound => 0.25;

    static bool ILink.HasLogPart => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Mean<TLanes>(TLanes z)
    {
        var s = SigmaOfMinusAbs(z, out _, out _);
        return TLanes.Select(
            TLanes.LessThan(z, TLanes.Zero), s, TLanes.Subtract(TLanes.Broadcast(1f), s));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y) =>
        Residual(z, y, SigmaOfMinusAbs(z, out _, out _), out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, out LossTerms<TLanes> terms)
    {
        var s = SigmaOfMinusAbs(z, out terms.LogLower, out terms.LogUpper);
        var r = Residual(z, y, s, out var t);
        var abs = TLanes.Xor(TLanes.Or(z, SignBit<TLanes>()), SignBit<TLanes>());
        terms.AdditiveLower = TLanes.MultiplyDouble(TLanes.WidenLower(t), TLanes.WidenLower(abs));
        terms.AdditiveUpper = TLanes.MultiplyDouble(TLanes.WidenUpper(t), TLanes.WidenUpper(abs));
        return r;
    }

    /// <summary>log(1 + eᶻ) for sixteen z: the row's loss for y = 0, by the code that sums it.</summary>
    internal static TLanes Softplus<TLanes>(TLanes z)
        where TLanes : struct, ILanes<TLanes>
    {
        SigmaOfMinusAbs(z, out var lower, out var upper);
        var positive = TLanes.Select(TLanes.LessThan(z, TLanes.Zero), TLanes.Zero, z);
        return TLanes.Narrow(
            TLanes.AddDouble(TLanes.WidenLower(positive), Exponential.LogOnePlus(lower)),
            TLanes.AddDouble(TLanes.WidenUpper(positive), Exponential.LogOnePlus(upper)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes SigmaOfMinusAbs<TLanes>(TLanes z, out TLanes lower, out TLanes upper)
        where TLanes : struct, ILanes<TLanes>
    {
        var a = TLanes.Or(z, SignBit<TLanes>());
        var smallest = TLanes.Broadcast(Exponential.Smallest);
        a = TLanes.Select(TLanes.LessThan(a, smallest), smallest, a);
        lower = Exponential.OfDouble(TLanes.WidenLower(a));
        upper = Exponential.OfDouble(TLanes.WidenUpper(a));
        var one = TLanes.BroadcastDouble(1.0);
        return TLanes.Narrow(
            TLanes.DivideDouble(lower, TLanes.AddDouble(one, lower)),
            TLanes.DivideDouble(upper, TLanes.AddDouble(one, upper)));
    }

    // z < 0: σ(z) − y = s − y = −(y − s). Otherwise: σ(z) − y = (1 − s) − y = (1 − y) − s.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Residual<TLanes>(TLanes z, TLanes y, TLanes s, out TLanes t)
        where TLanes : struct, ILanes<TLanes>
    {
        var negative = TLanes.LessThan(z, TLanes.Zero);
        t = TLanes.Select(negative, y, TLanes.Subtract(TLanes.Broadcast(1f), y));
        return TLanes.Xor(TLanes.Subtract(t, s), TLanes.And(negative, SignBit<TLanes>()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes SignBit<TLanes>()
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(-0f);
}
