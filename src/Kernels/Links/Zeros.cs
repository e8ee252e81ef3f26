using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>Whether a number is 0: asked of a sample weight (does its row count at all?) and of the factor of a margin that may be ∞.</summary>
internal static class Zeros
{
    /// <summary>x where s = ±0, y elsewhere: |s| below the smallest float is 0, and a NaN is not below anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Select<TLanes>(TLanes s, TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectLessThan(TLanes.And(s, TLanes.Broadcast(BitConverter.UInt32BitsToSingle(0x7FFF_FFFF))), TLanes.Broadcast(float.Epsilon), x, y);
}
