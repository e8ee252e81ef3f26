using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <summary>Where spans lie; nothing is read.</summary>
internal static class Addresses
{
    /// <summary>Whether two spans share memory, and how many bytes the second starts after the first.</summary>
    /// <remarks>MemoryExtensions.Overlaps takes one type only, and its offset throws where the spans are parts of an element
    /// apart.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Overlap<T, TRead>(ReadOnlySpan<T> written, ReadOnlySpan<TRead> read, out nint offset)
        where T : unmanaged
        where TRead : unmanaged
    {
        offset = Unsafe.ByteOffset(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(written)),
            ref Unsafe.As<TRead, byte>(ref MemoryMarshal.GetReference(read)));
        return !written.IsEmpty && !read.IsEmpty
            && ((nuint)offset < (nuint)written.Length * (nuint)Unsafe.SizeOf<T>()
                || (nuint)(-offset) < (nuint)read.Length * (nuint)Unsafe.SizeOf<TRead>());
    }
}
