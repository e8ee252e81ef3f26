using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// Narrow rows, as <see cref="InterleavedRows{TLanes, TLink}"/> goes about wider ones: a block's margins in one loop with the gradient's share of the
/// block before.
/// </summary>
/// <remarks>The bits are those of blocks (ARITHMETIC.md, 1 to 4).</remarks>
internal static class InterleavedNarrowRows<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>The most rows of a block.</summary>
    internal const int MostRows = Regime.MostRows / 2;

    /// <summary>Adds a multiple of sixteen rows to a slice.</summary>
    /// <param name="o">The operands; at most <see cref="Regime.NarrowColumns"/> columns.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice, a multiple of sixteen.</param>
    /// <param name="rows">How many, at least a block.</param>
    /// <param name="blockRows">Rows of a block, at most <see cref="MostRows"/>, a multiple of sixteen.</param>
    /// <param name="z">Room for <see cref="Regime.MostRows"/> floats.</param>
    /// <param name="r">Room for <see cref="Regime.MostRows"/> residuals.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="gradient">The gradient so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(in Operands o, nint firstRow, int sliceRow, int rows, int blockRows, Floats z, Floats r, Floats state, Floats gradient)
    {
        var (before, now) = (r, r.At(MostRows));
        RowBlock<TLanes>.Margins(o, MarginOrder.Narrow, firstRow, blockRows, z);
        Link(o, firstRow, sliceRow, blockRows, z, before, state, gradient);
        var count = blockRows;
        var ahead = Regime.AsksAhead(o.AllRows, o.Columns, o.Stride);
        for (var i = blockRows; i < rows; i += count)
        {
            count = Math.Min(blockRows, rows - i);
            if (ahead)
                NarrowBlock<TLanes>.MarginsAndScaled<NarrowAhead>(o, firstRow + i, count, blockRows, z, z.At(MostRows), before, gradient);
            else
                NarrowBlock<TLanes>.MarginsAndScaled<NotAhead>(o, firstRow + i, count, blockRows, z, z.At(MostRows), before, gradient);
            if (count < blockRows)
                RowBlock<TLanes>.AddWholeGroups(o, firstRow + i - blockRows + count, blockRows - count, before.At(count), gradient);
            Link(o, firstRow + i, sliceRow + i, count, z, now, state, gradient);
            (before, now) = (now, before);
        }

        RowBlock<TLanes>.AddWholeGroups(o, firstRow + rows - count, count, before, gradient);
    }

    private static void Link(in Operands o, nint row, int sliceRow, int count, Floats z, Floats r, Floats state, Floats gradient)
    {
        LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(row), default, r, sliceRow, count, state);
        if (o.HasIntercept)
            RowBlock<TLanes>.AddInterceptColumn(r, count, gradient, o.Columns);
    }
}
