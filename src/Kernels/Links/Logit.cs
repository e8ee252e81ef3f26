using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The link of logistic regression: μ = σ(z) = 1/(1 + e⁻ᶻ), loss log(1 + eᶻ) − y·z.</summary>
/// <remarks>
/// Everything is computed from s = σ(−|z|), so nothing overflows and nothing cancels: σ(z) = s for z &lt; 0 and
/// 1 − s otherwise; with t = y for z &lt; 0 and 1 − y otherwise, r = ±(t − s) and the loss is t·|z| − log(1 − s).
/// The residual keeps its relative precision where σ(z) − 1 would be 0. Where s would be below 2⁻¹²⁶ (|z| &gt; 87.3365402) it is
/// 0.
/// </remarks>
public readonly struct Logit : ILink
{
    /// <inheritdoc/>
    public static double CurvatureBound => 0.25;

    static bool ILink.HasLogPart => true;

    // s is 0, and so is t.
    static float ILink.NeutralMargin => -1000f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Mean<TLanes>(TLanes z)
    {
        var abs = Abs(z);
        var s = SigmoidTail.Normal(abs, SigmoidTail.Raw(abs));
        return TLanes.SelectLessThan(z, TLanes.Zero, s, TLanes.Subtract(TLanes.Broadcast(1f), s));
    }

    // σ′ = σ·(1 − σ) = s·(1 − s), whatever the sign of z.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.MeanDerivative<TLanes>(TLanes z)
    {
        var abs = Abs(z);
        var s = SigmoidTail.Normal(abs, SigmoidTail.Raw(abs));
        return TLanes.NegateMultiplyAdd(s, s, s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch, ref LossSum<TLanes> sum)
    {
        var r = Residual(z, y, out var t, out var abs, out var s);
        batch.Add(t, abs, s);
        return r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper)
    {
        var r = Residual(z, y, out var t, out var abs, out var s);
        abs = TLanes.WhereNotZero(t, abs);
        lower = Loss(TLanes.WidenLower(t), TLanes.WidenLower(abs), TLanes.WidenLower(s));
        upper = Loss(TLanes.WidenUpper(t), TLanes.WidenUpper(abs), TLanes.WidenUpper(s));
        return r;
    }

    // s = σ(−|z|); twice the loss less the entropy of y, which is 0 for the labels 0 and 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static DoubleRows<TLanes> ILink.InDouble<TLanes>(TLanes z, TLanes y)
    {
        var one = TLanes.BroadcastDouble(1.0);
        var isNegative = TLanes.LessThanDouble(z, TLanes.Zero);
        var abs = DoubleRows<TLanes>.AtMost(
            TLanes.Select(isNegative, TLanes.SubtractDouble(TLanes.Zero, z), z), double.MaxValue); // 0·∞ would be NaN
        var e = Exponential.InDouble(TLanes.SubtractDouble(TLanes.Zero, DoubleRows<TLanes>.AtMost(abs, -Exponential.Smallest)));
        var s = TLanes.DivideDouble(e, TLanes.AddDouble(one, e));
        var t = TLanes.Select(isNegative, y, TLanes.SubtractDouble(one, y));
        var r = TLanes.SubtractDouble(t, s);
        var loss = TLanes.MultiplyAddDouble(t, abs, MinusLogOfOneMinus(s));
        var variance = TLanes.NegateMultiplyAddDouble(y, y, y);
        var areLabels = TLanes.FoldDouble(TLanes.MultiplyDouble(variance, variance)) == 0;
        var half = areLabels ? loss : TLanes.SubtractDouble(loss, Entropy(y)); // that of a label is 0, to the bit
        return new()
        {
            Residual = TLanes.Select(isNegative, TLanes.SubtractDouble(TLanes.Zero, r), r),
            Derivative = TLanes.NegateMultiplyAddDouble(s, s, s),
            Loss = loss,
            Deviance = TLanes.AddDouble(half, half),
        };
    }

    // σ moves by no more than ¼ζ, and no more than σ′·(e^ζ − 1).
    static RowBound ILink.BoundInDouble(double z, double y, double marginError)
    {
        var e = Math.Exp(-Math.Abs(z));
        var s = e / (1 + e);
        var d = s / (1 + e);
        var growth = RowBound.Growth(marginError);
        var r = z < 0 ? s - y : 1 - y - s;
        var mean = Math.Min(0.25 * marginError, d * growth) + (RowBound.Mean * s) + RowBound.Smallest;
        var error = mean + (Rounding.DoubleUnit * (Math.Abs(1 - y) + Math.Abs(r) + mean));
        return new(r, error, d, (d * (growth + RowBound.Mean)) + RowBound.Smallest);
    }

    // ¼ of the margin's error; s within 1 ulp, at most 2u·s, or flushed below 2⁻¹²⁶; the roundings of 1 − y and of t − s.
    static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError)
    {
        var e = Math.Exp(-Math.Abs(z));
        var s = e / (1 + e);
        var r = z < 0 ? s - y : 1.0 - y - s;
        var target = z < 0 ? 0 : Math.Abs(1f - y - (1.0 - y));
        var error = (0.25 * marginError) + (2 * Rounding.Unit * s) + Rounding.SmallestNormal + target;
        return (r, error + (Rounding.Unit * (Math.Abs(r) + error)) + Rounding.Underflow);
    }

    /// <summary>log(1 + eᶻ) for sixteen z: the row's loss for y = 0, by the code that sums it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Softplus<TLanes>(TLanes z)
        where TLanes : struct, ILanes<TLanes>
    {
        var abs = Abs(z);
        var s = SigmoidTail.Whole(abs, SigmoidTail.Raw(abs));
        var positive = TLanes.SelectLessThan(z, TLanes.Zero, TLanes.Zero, z);
        return TLanes.Narrow(
            TLanes.AddDouble(TLanes.WidenLower(positive), MinusLogOfOneMinus(TLanes.WidenLower(s))),
            TLanes.AddDouble(TLanes.WidenUpper(positive), MinusLogOfOneMinus(TLanes.WidenUpper(s))));
    }

    // z < 0: σ(z) − y = s − y = −(y − s). Otherwise: σ(z) − y = (1 − s) − y = (1 − y) − s.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Residual<TLanes>(TLanes z, TLanes y, out TLanes t, out TLanes abs, out TLanes s)
        where TLanes : struct, ILanes<TLanes>
    {
        abs = Abs(z);
        s = SigmoidTail.Normal(abs, SigmoidTail.Raw(abs));
        t = TLanes.SelectLessThan(z, TLanes.Zero, y, TLanes.Subtract(TLanes.Broadcast(1f), y));
        var r = TLanes.Subtract(t, s);
        return TLanes.SelectLessThan(z, TLanes.Zero, TLanes.Xor(r, TLanes.Broadcast(-0f)), r);
    }

    // t·|z| − log(1 − s) in float64, where the product is exact; |z| is 0 where t is (LossBatch.Add).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Loss<TLanes>(TLanes t, TLanes abs, TLanes s)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAddDouble(t, abs, MinusLogOfOneMinus(s));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes MinusLogOfOneMinus<TLanes>(TLanes s)
        where TLanes : struct, ILanes<TLanes> =>
        Logarithm.Minus(TLanes.SubtractDouble(TLanes.BroadcastDouble(1.0), s), s);

    // −(y·log y + (1 − y)·log(1 − y)).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes Entropy<TLanes>(TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        var other = TLanes.SubtractDouble(TLanes.BroadcastDouble(1.0), y);
        var sum = TLanes.MultiplyDouble(y, DoubleRows<TLanes>.Log(DoubleRows<TLanes>.PositiveOrOne(y)));
        sum = TLanes.MultiplyAddDouble(other, DoubleRows<TLanes>.Log(DoubleRows<TLanes>.PositiveOrOne(other)), sum);
        return TLanes.SubtractDouble(TLanes.Zero, sum);
    }

    // Everything but the sign bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Abs<TLanes>(TLanes z)
        where TLanes : struct, IArithmetic<TLanes> =>
        TLanes.And(z, TLanes.Broadcast(BitConverter.UInt32BitsToSingle(0x7FFF_FFFF)));
}
