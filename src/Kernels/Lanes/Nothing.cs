using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <summary>Where rows without columns, and weights that are none, lie: sixteen zeros of the program's own.</summary>
/// <remarks>
/// A load that masks out every lane reads nothing, but where no memory is mapped (null, or null plus a stride) processors find that out in
/// microcode, at some hundred nanoseconds a row.
/// </remarks>
internal static unsafe class Nothing
{
    private static ReadOnlySpan<float> Sixteen => [0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f];

    /// <summary>The position, or one in mapped memory for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Floats Or(float* start) =>
        new(start == null ? (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Sixteen)) : start);
}
