using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Whether a loop asks for lines of X before it reads them, and the prefetch distance: constants for the compiler.</summary>
internal interface IPrefetch
{
    /// <summary>Asks for the line at the distance from <paramref name="x"/>.</summary>
    static abstract void Ask(Floats x);
}

/// <summary>The hardware's prefetcher alone.</summary>
internal readonly struct NoPrefetch : IPrefetch
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(Floats x)
    {
    }
}

/// <summary>8 KiB: for narrow rows, where more is done with each line.</summary>
internal readonly struct NearPrefetch : IPrefetch
{
    private const int Distance = 2048;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(Floats x) => x.At(Distance).Prefetch();
}

/// <summary>16 KiB: longer than memory takes to answer, and still in L1 when its turn comes.</summary>
internal readonly struct FarPrefetch : IPrefetch
{
    private const int Distance = 4096;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(Floats x) => x.At(Distance).Prefetch();
}
