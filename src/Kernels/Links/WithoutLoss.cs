using System.Runtime.CompilerServices;

namespace Kernels.Links;

/// <summary>A link that adds nothing to the loss: the gradient alone, by the same passes and with the same bits.</summary>
internal readonly struct WithoutLoss<TLink> : ILink
    where TLink : struct, ILink
{
    public static double CurvatureBound => TLink.CurvatureBound;

    static bool ILink.HasLogPart => false;

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
        var (unusedBatch, unusedSum) = (batch, sum);
        return TLink.Residual(z, y, sampleWeights, ref unusedBatch, ref unusedSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper) =>
        TLink.ResidualAndLosses(z, y, out lower, out upper);
}
