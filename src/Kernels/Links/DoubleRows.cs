using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>What eight rows give in float64, each for a sample weight of 1.</summary>
internal struct DoubleRows<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>μ − y.</summary>
    internal TLanes Residual;

    /// <summary>μ′(z).</summary>
    internal TLanes Derivative;

    /// <summary>The negative log-likelihood, as the other passes have it.</summary>
    internal TLanes Loss;

    /// <summary>The unit deviance: twice the loss less that of the best mean there is, y itself. Taken row by row: as a difference of
    /// two sums it cancels (counts of 10⁸ leave 60 where 39 is right).</summary>
    internal TLanes Deviance;

    /// <summary>log p for positive normal p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Log(TLanes p) =>
        TLanes.SubtractDouble(TLanes.Zero, Logarithm.Minus(p, TLanes.SubtractDouble(TLanes.BroadcastDouble(1.0), p)));

    /// <summary>The smaller of a value and a limit; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes AtMost(TLanes value, double limit) =>
        TLanes.Select(TLanes.LessThanDouble(TLanes.BroadcastDouble(limit), value), TLanes.BroadcastDouble(limit), value);

    /// <summary>The larger of a value and a limit; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes AtLeast(TLanes value, double limit) =>
        TLanes.Select(TLanes.LessThanDouble(value, TLanes.BroadcastDouble(limit)), TLanes.BroadcastDouble(limit), value);

    /// <summary>p where it is positive, 1 elsewhere: a logarithm that can be multiplied by a p of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes PositiveOrOne(TLanes p) =>
        TLanes.Select(TLanes.LessThanDouble(TLanes.Zero, p), p, TLanes.BroadcastDouble(1.0));
}
