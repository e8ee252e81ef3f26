using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <summary>
/// A position in pinned float32 memory. The only view through which the passes see memory: bounds are proven
/// once, before the first <see cref="Floats"/> of a call exists (<see cref="Guard"/>), in 64-bit arithmetic.
/// </summary>
internal readonly unsafe struct Floats
{
    // A field, not a property: every inlined call costs the JIT locals, and it inlines no more beyond 512 of them.
    internal readonly float* Pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats(float* origin) => Pointer = origin;

    internal bool IsNull
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Pointer == null;
    }

    /// <summary>Floats between the last multiple of <paramref name="line"/> floats, a power of two, and this; 0 where this is no multiple
    /// of a float.</summary>
    internal int Misalignment(int line) =>
        (nint)Pointer % sizeof(float) == 0 ? (int)((nuint)Pointer / sizeof(float) & (nuint)(line - 1)) : 0;

    internal float this[nint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Pointer[index];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Pointer[index] = value;
    }

    /// <summary>The float64 at a place of float64 memory, counted in float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal double Double(nint index) => ((double*)Pointer)[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetDouble(nint index, double value) => ((double*)Pointer)[index] = value;

    /// <summary>The position <paramref name="count"/> float64 further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats AtDouble(nint count) => new((float*)((double*)Pointer + count));

    /// <summary>Some float64 from here on.</summary>
    internal Span<double> Doubles(nint count) => new(Pointer, checked((int)count));

    /// <summary>The position <paramref name="count"/> floats further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats At(nint count) => new(Pointer + count);

    /// <summary>Asks for the cache line of this position, which need not be the caller's: nothing is read, and nothing can fail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Prefetch()
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Pointer);
    }

    /// <summary>The same, but the line comes to the L2 cache and no nearer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PrefetchToL2()
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(Pointer);
    }

    /// <summary>
    /// The first cache line that starts in a span on the stack, which does not move: the span is <see cref="Lane.Count"/> − 1
    /// floats longer than what is needed. A vector that is stored across two lines would have to reach the cache before
    /// it could be loaded again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Floats OnStack(Span<float> stack)
    {
        const int Line = Lane.Count * sizeof(float);
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack));
        return new((float*)((address + (Line - 1)) & -Line));
    }

    /// <summary>Some floats from here on.</summary>
    internal Span<float> Span(nint count) => new(Pointer, checked((int)count));

    internal void CopyTo(Floats destination, nint count) =>
        Buffer.MemoryCopy(Pointer, destination.Pointer, (long)count * sizeof(float), (long)count * sizeof(float));

    internal void Clear(nint count) => NativeMemory.Clear(Pointer, (nuint)count * sizeof(float));
}
