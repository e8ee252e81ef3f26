using System.Runtime.CompilerServices;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>Which rows of a block are left out of the gradient: a bit for each of <see cref="Ring.Rows"/>.</summary>
internal struct RowMask
{
    private ulong _low;
    private ulong _high;

    internal readonly bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_low | _high) == 0;
    }

    internal void Set(int row)
    {
        if (row < 64)
            _low |= 1UL << row;
        else
            _high |= 1UL << (row - 64);
    }

    /// <summary>The bits from a row on, of the same half of the mask.</summary>
    internal readonly uint From(int row) => (uint)(row < 64 ? _low >> row : _high >> (row - 64));
}
