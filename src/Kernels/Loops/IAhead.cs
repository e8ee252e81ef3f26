using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Rows;

namespace Kernels.Loops;

/// <summary>Whether a loop asks for lines of X some time before it reads them (<see cref="Regime.AsksAhead"/>), and how far ahead: constants for the compiler.</summary>
internal interface IAhead
{
    /// <summary>Asks for the line that is so far ahead of <paramref name="x"/>.</summary>
    static abstract void Ask(Floats x);
}

internal readonly struct NotAhead : IAhead
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(Floats x)
    {
    }
}

/// <summary>16 KiB: longer than memory takes to answer, and still in L1 when its turn comes.</summary>
internal readonly struct Ahead : IAhead
{
    private const int Distance = 4096;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(Floats x) => x.At(Distance).Prefetch();
}

/// <summary>8 KiB: for narrow rows, where more is done with each line.</summary>
internal readonly struct NarrowAhead : IAhead
{
    private const int Distance = 2048;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(Floats x) => x.At(Distance).Prefetch();
}
