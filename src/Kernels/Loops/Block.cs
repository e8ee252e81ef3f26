using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>The rows that a loop takes.</summary>
/// <param name="x">The first element of the first row.</param>
/// <param name="stride">Floats from one row to the next.</param>
/// <param name="columns">Columns.</param>
/// <param name="row">The number of the first row in its part: its place in the <see cref="Ring"/>.</param>
/// <param name="rows">How many.</param>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Block(Floats x, nint stride, int columns, int row, int rows)
{
    internal readonly Floats X = x;
    internal readonly nint Stride = stride;
    internal readonly int Columns = columns;
    internal readonly int Row = row;
    internal readonly int Rows = rows;

    /// <summary>The number of the row after the last.</summary>
    internal int End
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Row + Rows;
    }

    /// <summary>The first of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Block First(int rows) => new(X, Stride, Columns, Row, rows);

    /// <summary>The rows from one of them on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Block From(int row) => new(X.At(row * Stride), Stride, Columns, Row + row, Rows - row);
}
