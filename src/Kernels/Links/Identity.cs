using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The link of linear regression: μ = z, loss ½(z − y)².</summary>
/// <remarks>The residual is rounded to float32 once; its square is exact in float64, so the loss cannot overflow for finite
/// residuals.</remarks>
public readonly struct Identity : ILink
{
    /// <inheritdoc/>
    public static double CurvatureBound => 1.0;

    static bool ILink.HasLogPart => false;

    static float ILink.NeutralMargin => 0f;

    // z, but +0 for −0: in which lanes a margin is summed, and so the sign of its zero, depends on where its row lies (ARITHMETIC.md, 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Mean<TLanes>(TLanes z) => TLanes.Add(z, TLanes.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.MeanDerivative<TLanes>(TLanes z) => TLanes.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch, ref LossSum<TLanes> sum)
    {
        var r = ResidualAndLosses(z, y, out var lower, out var upper);
        sum.Add(lower, upper);
        return r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper) =>
        ResidualAndLosses(z, y, out lower, out upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static DoubleRows<TLanes> ILink.InDouble<TLanes>(TLanes z, TLanes y)
    {
        var r = TLanes.SubtractDouble(z, y);
        var square = TLanes.MultiplyDouble(r, r);
        return new()
        {
            Residual = r,
            Derivative = TLanes.BroadcastDouble(1.0),
            Loss = TLanes.MultiplyDouble(TLanes.BroadcastDouble(0.5), square),
            Deviance = square,
        };
    }

    static RowBound ILink.BoundInDouble(double z, double y, double marginError) =>
        new(z - y, marginError + (Rounding.DoubleUnit * (Math.Abs(z - y) + marginError)), 1, 0);

    static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError) =>
        (z - y, marginError + (Rounding.Unit * (Math.Abs(z - y) + marginError)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper)
        where TLanes : struct, ILanes<TLanes>
    {
        var r = TLanes.Subtract(z, y);
        lower = HalfSquare(TLanes.WidenLower(r));
        upper = HalfSquare(TLanes.WidenUpper(r));
        return r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes HalfSquare<TLanes>(TLanes r)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyDouble(TLanes.MultiplyDouble(r, TLanes.BroadcastDouble(0.5)), r);
}
