using System.Runtime.CompilerServices;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>Some rows, one after the other.</summary>
/// <param name="row">The first of them in X.</param>
/// <param name="number">Its number in the ring, and in its part.</param>
/// <param name="count">How many.</param>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct RowRange(nint row, int number, int count)
{
    internal readonly nint Row = row;
    internal readonly int Number = number;
    internal readonly int Count = count;
}
