using System.Runtime.CompilerServices;

namespace Kernels.Links;

/// <summary>A link whose rows have weights: r = s·(μ − y), loss s·loss, and Σ s beside it. A row of weight 0 adds nothing, whatever
/// it holds.</summary>
/// <remarks>
/// The product of 1 − σ over the rows, one logarithm for many, has no weights: each row's loss is taken in float64 by itself
/// (ARITHMETIC.md, 8).
/// </remarks>
internal readonly struct Weighted<TLink> : ILink
    where TLink : struct, ILink
{
    public static double CurvatureBound => TLink.CurvatureBound;

    static bool ILink.HasLogPart => false;

    static bool ILink.HasSampleWeights => true;

    static RowTargets ILink.Targets
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TLink.Targets;
    }

    static float ILink.NeutralMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TLink.NeutralMargin;
    }

    static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError) =>
        TLink.ResidualBound(z, y, marginError);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Mean<TLanes>(TLanes z) => TLink.Mean(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.MeanDerivative<TLanes>(TLanes z) => TLink.MeanDerivative(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch, ref LossSum<TLanes> sum)
    {
        z = SampleWeight.SelectZero(sampleWeights, TLanes.Broadcast(TLink.NeutralMargin), z);
        y = SampleWeight.SelectZero(sampleWeights, TLanes.Zero, y);
        var r = TLink.ResidualAndLosses(z, y, out var lower, out var upper);
        sum.AddWeighted(lower, upper, TLanes.WidenLower(sampleWeights), TLanes.WidenUpper(sampleWeights));
        return TLanes.Multiply(sampleWeights, r);
    }

    static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper) =>
        TLink.ResidualAndLosses(z, y, out lower, out upper);
}
