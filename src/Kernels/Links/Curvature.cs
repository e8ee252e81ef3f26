using System.Runtime.CompilerServices;

namespace Kernels.Links;

/// <summary>
/// The second derivative in the place of the first: r = μ′(z)·q, with q the margins along a direction for Xᵀ(D(Xv)), or ones for the
/// diagonal of XᵀDX. With the canonical link D = diag μ′(z) is all of the Hessian, for no term has the second derivative of μ
/// (McCullagh and Nelder, Generalized Linear Models, 2nd ed., §2.5).
/// </summary>
internal readonly struct Curvature<TLink, TTargets> : ILink
    where TLink : struct, ILink
    where TTargets : struct, ICurvatureTargets
{
    public static double CurvatureBound => TLink.CurvatureBound;

    static bool ILink.HasLogPart => false;

    static RowTargets ILink.Targets
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTargets.Targets;
    }

    // A target of 0 is enough.
    static float ILink.NeutralMargin => 0f;

    static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError) => throw new NotSupportedException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Mean<TLanes>(TLanes z) => TLink.Mean(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.MeanDerivative<TLanes>(TLanes z) => TLink.MeanDerivative(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch, ref LossSum<TLanes> sum) =>
        TLanes.Multiply(TLink.MeanDerivative(z), y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper)
    {
        (lower, upper) = (TLanes.Zero, TLanes.Zero);
        return TLanes.Multiply(TLink.MeanDerivative(z), y);
    }
}

/// <summary>What <see cref="Curvature{TLink, TTargets}"/> multiplies with: a constant for the compiler.</summary>
internal interface ICurvatureTargets
{
    static abstract RowTargets Targets { get; }
}

/// <summary>The margins along a direction.</summary>
internal readonly struct AlongDirection : ICurvatureTargets
{
    public static RowTargets Targets => RowTargets.MarginsAlongDirection;
}

/// <summary>Ones.</summary>
internal readonly struct OnDiagonal : ICurvatureTargets
{
    public static RowTargets Targets => RowTargets.Ones;
}
