using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The one question that is asked of a sample weight: whether its row counts at all.</summary>
internal static class SampleWeight
{
    /// <summary>x where s = ±0, y elsewhere: |s| below the smallest float is 0, and a NaN is not below anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes SelectZero<TLanes>(TLanes s, TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectLessThan(
            TLanes.And(s, TLanes.Broadcast(BitConverter.UInt32BitsToSingle(0x7FFF_FFFF))), TLanes.Broadcast(float.Epsilon), x, y);
}
