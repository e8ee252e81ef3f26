using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>Rows of one slice that are added in one call.</summary>
/// <param name="firstRow">The first of them in X.</param>
/// <param name="sliceRow">Its number in the slice.</param>
/// <param name="rows">How many.</param>
/// <param name="group">Where the rows are a part of one group, its partial sum.</param>
internal readonly struct Part(nint firstRow, int sliceRow, int rows, PartialGroup group = default)
{
    internal readonly nint FirstRow = firstRow;
    internal readonly int SliceRow = sliceRow;
    internal readonly int Rows = rows;
    internal readonly PartialGroup Group = group;

    /// <summary>Whether their slice, of so many rows in all, ends with them.</summary>
    internal bool EndsSlice(int allRows) => SliceRow + Rows == Contract.SliceRows || FirstRow + Rows == allRows;
}
