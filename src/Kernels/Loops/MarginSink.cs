using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Margins to their <see cref="Ring"/>, in whole vectors: one that is stored in pieces has to reach the cache before it can be
/// loaded whole.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct MarginSink<TLanes>(Floats margins) : ISink<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly Floats _margins = margins;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Sixteen(TLanes margins, int row) => TLanes.Store(margins, _margins.At(row & Ring.Mask));

    public void Early(TLanes margins, int row, int count)
    {
    }
}
