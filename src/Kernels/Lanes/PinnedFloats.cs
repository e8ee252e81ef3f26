using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <summary>Cleared floats that do not move and start on a cache line; the garbage collector frees them, so whoever holds a position in
/// them keeps this object alive.</summary>
internal sealed unsafe class PinnedFloats
{
    private const int Line = Lane.Count * sizeof(float);

    private readonly float[] _memory;

    internal PinnedFloats(nint count)
    {
        _memory = GC.AllocateArray<float>(checked((int)(count + Lane.Count - 1)), pinned: true);
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        Offset = (int)((((address + (Line - 1)) & -Line) - address) / sizeof(float));
    }

    internal Floats Start => new((float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)) + Offset);

    internal Span<float> Span => _memory.AsSpan(Offset, _memory.Length - (Lane.Count - 1));

    private int Offset { get; }
}
