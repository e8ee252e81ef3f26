using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <summary>Cache-aligned native memory, not initialised, freed on <see cref="Dispose"/>.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private float* _memory;

    internal NativeFloats(nint count) =>
        _memory = (float*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(count, 1) * sizeof(float)), Lane.Count * sizeof(float));

    internal Floats Start => new(_memory);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
