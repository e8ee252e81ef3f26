using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The link of Poisson regression: μ = eᶻ, loss eᶻ − y·z (the constant log y! is left out).</summary>
/// <remarks>μ is +∞ from z = 88.72284 on, where eᶻ exceeds the largest float32: so are then the loss and the gradient.</remarks>
public readonly struct Log : ILink
{
    /// <inheritdoc/>
    public static double CurvatureBound => double.PositiveInfinity;

    static bool ILink.HasLogPart => false;

    // eᶻ rounds to 0, and 0·z is −0.
    static float ILink.NeutralMargin => -1000f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Mean<TLanes>(TLanes z)
    {
        var (smallest, largest) = (TLanes.Broadcast(Exponential.Smallest), TLanes.Broadcast(Exponential.Largest));
        var a = TLanes.SelectLessThan(z, smallest, smallest, z);
        a = TLanes.SelectLessThan(largest, a, largest, a);
        return TLanes.Narrow(
            Exponential.OfDouble(TLanes.WidenLower(a)), Exponential.OfDouble(TLanes.WidenUpper(a)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.MeanDerivative<TLanes>(TLanes z) => Mean<Log, TLanes>(z);

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

    // 2(y·log(y/μ) − (y − μ)): log y! is in neither part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static DoubleRows<TLanes> ILink.InDouble<TLanes>(TLanes z, TLanes y)
    {
        const double Overflow = 709.0;
        var mu = Exponential.InDouble(DoubleRows<TLanes>.AtLeast(DoubleRows<TLanes>.AtMost(z, Overflow), Exponential.Smallest));
        mu = TLanes.Select(
            TLanes.LessThanDouble(TLanes.BroadcastDouble(Overflow), z), TLanes.BroadcastDouble(double.PositiveInfinity), mu);
        z = DoubleRows<TLanes>.AtLeast(DoubleRows<TLanes>.AtMost(z, double.MaxValue), double.MinValue); // 0·∞ would be NaN
        var ratio = TLanes.DivideDouble(DoubleRows<TLanes>.PositiveOrOne(y), mu);
        var r = TLanes.SubtractDouble(mu, y);
        var half = TLanes.MultiplyAddDouble(y, DoubleRows<TLanes>.Log(ratio), r);
        return new()
        {
            Residual = r,
            Derivative = mu,
            Loss = TLanes.NegateMultiplyAddDouble(y, z, mu),
            Deviance = TLanes.AddDouble(half, half),
        };
    }

    static RowBound ILink.BoundInDouble(double z, double y, double marginError)
    {
        var mu = Math.Exp(z);
        var mean = (mu * (RowBound.Growth(marginError) + RowBound.Mean)) + RowBound.Smallest;
        return new(mu - y, mean + (Rounding.DoubleUnit * (Math.Abs(mu - y) + mean)), mu, mean);
    }

    // The margin's error moves eᶻ by a factor up to e^error; μ is within 1 ulp, at most 2u·μ; μ − y is rounded.
    static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError)
    {
        var mu = Math.Exp(z);
        var largest = Math.Exp(z + marginError);
        var error = largest - mu + (2 * Rounding.Unit * largest);
        return (mu - y, error + (Rounding.Unit * (Math.Abs(mu - y) + error)) + Rounding.Underflow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper)
        where TLanes : struct, ILanes<TLanes>
    {
        var mu = Mean<Log, TLanes>(z);

        // 0·∞ and ∞ − ∞ would be NaN: a count of 0 costs no margin, and e^∞ outgrows y·∞. A margin that is NaN has a mean
        // that is NaN.
        z = TLanes.SelectLessThan(TLanes.Broadcast(float.MaxValue), z, TLanes.Broadcast(float.MaxValue), z);
        z = TLanes.WhereNotZero(y, z);
        lower = Loss(TLanes.WidenLower(mu), TLanes.WidenLower(z), TLanes.WidenLower(y));
        upper = Loss(TLanes.WidenUpper(mu), TLanes.WidenUpper(z), TLanes.WidenUpper(y));
        return TLanes.Subtract(mu, y);
    }

    // The product of two float32 is exact in float64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Loss<TLanes>(TLanes mu, TLanes z, TLanes y)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SubtractDouble(mu, TLanes.MultiplyDouble(y, z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Mean<TLink, TLanes>(TLanes z)
        where TLink : ILink
        where TLanes : struct, IArithmetic<TLanes> =>
        TLink.Mean(z);
}
