using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <summary>Cache-aligned native memory, not initialised, freed on <see cref="Dispose"/>.</summary>
internal sealed unsafe class NativeFloats(nint count) : IDisposable
{
    internal Floats Start { get; private set; } = Allocate(count);

    /// <summary>The same without an object, for a caller that frees it itself.</summary>
    internal static Floats Allocate(nint count) =>
        new((float*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(count, 1) * sizeof(float)), Lane.Count * sizeof(float)));

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    internal static void Free(Floats memory) => NativeMemory.AlignedFree(memory.Pointer);

    public void Dispose()
    {
        Free(Start);
        Start = default;
    }
}
