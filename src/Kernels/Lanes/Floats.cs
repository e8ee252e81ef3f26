using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <summary>
/// A position in pinned float32 memory. The only view through which the passes see memory: bounds are proven
/// once, before the first <see cref="Floats"/> of a call exists (<see cref="Guard"/>), in 64-bit arithmetic.
/// </summary>
internal readonly unsafe struct Floats
{
    private readonly float* _origin;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats(float* origin) => _origin = origin;

    internal float* Pointer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _origin;
    }

    internal float this[nint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _origin[index];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _origin[index] = value;
    }

    /// <summary>The position <paramref name="count"/> floats further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats At(nint count) => new(_origin + count);

    /// <summary>A span that lies on the stack, and so does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Floats OnStack(Span<float> stack) => new((float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack)));

    internal void Clear(nint count) => NativeMemory.Clear(_origin, (nuint)count * sizeof(float));
}
