using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>
/// Rows in cache, the two primitives in one loop: the margins of some rows, and the gradient's share of rows that came before them. While
/// those ahead come from L2 or L3, there is something to do with those behind, which are in L1; and nothing waits for the link, whose
/// residuals are used later than it takes to compute them.
/// </summary>
/// <remarks>The bits are those of blocks (ARITHMETIC.md, 1 to 4).</remarks>
internal static class InterleavedRows<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Residuals wait in a ring; row i of the slice has its residual at i &amp; Ring.</summary>
    internal const int Ring = Regime.MostRows - 1;

    // Rows of a turn with an intercept, whose residuals are still in the ring when the turn ends.
    private const int TurnRows = 64;

    /// <summary>Adds a multiple of sixteen rows to a slice.</summary>
    /// <param name="o">The operands; more than <see cref="Regime.NarrowColumns"/> columns, at most <see cref="LongRow.ShortColumns"/>.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice, a multiple of sixteen.</param>
    /// <param name="rows">How many, more than twice the lag.</param>
    /// <param name="lag">Rows between a margin and its share of the gradient, a multiple of eight.</param>
    /// <param name="z">Room for the margins of so many rows, in whole vectors.</param>
    /// <param name="r">Room for <see cref="Regime.MostRows"/> residuals.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="gradient">The gradient so far.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(in Operands o, nint firstRow, int sliceRow, int rows, int lag, Floats z, Floats r, Floats state, Floats gradient)
    {
        // The vectors of the loop are whole lines.
        Span<float> stack = stackalloc float[(2 * LongRow.ShortColumns) + Lane.Count - 1];
        var w = Floats.OnStack(stack);
        var g = w.At(LongRow.ShortColumns);
        o.Weights.CopyTo(w, o.Columns);
        gradient.CopyTo(g, o.Columns);

        var head = (lag + Lane.Count - 1) & -Lane.Count;
        RowBlock<TLanes>.Margins(o, MarginOrder.SideBySide, firstRow, head, z);
        LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(firstRow), default, r, sliceRow, head, state);
        AddIntercept(o, 0, head, r, gradient);
        RowBlock<TLanes>.AddWholeGroups(o, firstRow, head - lag, r, g);
        int count;
        for (var i = head; i < rows; i += count)
        {
            count = o.HasIntercept ? Math.Min(TurnRows, rows - i) : rows - i;
            InterleavedWideRows<TLanes, TLink>.Add(o, firstRow, sliceRow, i, i + count, lag, w, r, g, state);
            AddIntercept(o, i, count, r, gradient);
        }

        for (var i = rows - lag; i < rows; i += Lane.Count / 2)
            RowBlock<TLanes>.AddWholeGroups(o, firstRow + i, Lane.Count / 2, r.At(i & Ring), g);
        g.CopyTo(gradient, o.Columns);
    }

    private static void AddIntercept(in Operands o, int row, int count, Floats ring, Floats gradient)
    {
        if (!o.HasIntercept)
            return;
        for (var i = row; i < row + count; i += Lane.Count)
            RowBlock<TLanes>.AddInterceptColumn(ring.At(i & Ring), Lane.Count, gradient, o.Columns);
    }
}
