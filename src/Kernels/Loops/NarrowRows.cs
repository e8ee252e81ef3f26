using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Rows of at most four vectors: <see cref="RegisterTile{TLanes, TVectors, TTail}"/> for as many as a row has, which become a
/// constant for the compiler.</summary>
internal static class NarrowRows<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>The most columns.</summary>
    internal const int MostColumns = 4 * Lane.Count;

    /// <inheritdoc cref="RegisterTile{TLanes, TVectors, TTail}.Run{TWork, TPrefetch}(in Block, in Vectors, Floats)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<TWork, TPrefetch>(in Block block, in Vectors v, Floats z)
        where TWork : struct, IWork
        where TPrefetch : struct, IPrefetch
    {
        switch (block.Columns)
        {
            case Lane.Count:
                RegisterTile<TLanes, One, NoTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            case 2 * Lane.Count:
                RegisterTile<TLanes, Two, NoTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            case 3 * Lane.Count:
                RegisterTile<TLanes, Three, NoTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            case 4 * Lane.Count:
                RegisterTile<TLanes, Four, NoTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            case < Lane.Count:
                RegisterTile<TLanes, One, PartialTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            case < 2 * Lane.Count:
                RegisterTile<TLanes, Two, PartialTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            case < 3 * Lane.Count:
                RegisterTile<TLanes, Three, PartialTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
            default:
                RegisterTile<TLanes, Four, PartialTail>.Run<TWork, TPrefetch>(block, v, z);
                return;
        }
    }
}
