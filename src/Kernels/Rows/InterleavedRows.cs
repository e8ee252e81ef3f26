using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Rows;

/// <summary>
/// Rows in cache, the two primitives in one loop: the margins of some rows, and the gradient's share of rows that came before them. While
/// those ahead come from L2 or L3, there is something to do with those behind, which are in L1; and nothing waits for the link, whose
/// residuals are used later than it takes to compute them.
/// </summary>
/// <remarks>
/// The bits are those of blocks (ARITHMETIC.md, 1 to 4). Where all rows start at the same place in a line, but not at its beginning, each of their
/// vectors would be two lines. Then a row counts as one that starts with the line: what is there before it meets weights of 0. Every lane adds up the
/// same columns in the same order, it only is another lane; and the folds add up the same pairs, whichever lane is the first. The same for rows that
/// start at the same place in half a line: vectors of two halves cost little.
/// But 0·∞ and 0·NaN are NaN: at a margin that is not finite the loop ends, and the rows from there on go by blocks.
/// </remarks>
internal static class InterleavedRows<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Residuals wait in a ring; row i of the slice has its residual at i &amp; Ring.</summary>
    internal const int Ring = Regime.MostRows - 1;

    private const int Eight = 8;

    // Rows of a turn with an intercept, whose residuals are still in the ring when the turn ends.
    private const int TurnRows = 64;

    /// <summary>Adds a multiple of sixteen rows to a slice.</summary>
    /// <param name="o">The operands; more than <see cref="Regime.NarrowColumns"/> columns, at most <see cref="Contract.OneChainColumns"/>.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice, a multiple of sixteen.</param>
    /// <param name="rows">How many, more than twice the lag and 48.</param>
    /// <param name="lag">Rows between a margin and its share of the gradient: 8, 16 or 24.</param>
    /// <param name="lead">Floats before a row that count as its own, fewer than sixteen: see the remarks.</param>
    /// <param name="z">Room for the margins of <see cref="Regime.MostRows"/> rows.</param>
    /// <param name="r">Room for <see cref="Regime.MostRows"/> residuals.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="gradient">The gradient so far.</param>
    /// <returns>How many rows were added: fewer, in multiples of eight, where there is a lead and a margin is not finite.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static int Add(in Operands o, nint firstRow, int sliceRow, int rows, int lag, int lead, Floats z, Floats r, Floats state, Floats gradient)
    {
        const int Room = Contract.OneChainColumns + Lane.Count;

        // The vectors of the loop are whole lines.
        Span<float> stack = stackalloc float[(2 * Room) + Lane.Count - 1];
        var w = Floats.OnStack(stack);
        var g = w.At(Room);
        var own = g.At(lead);
        RowBlock<TLanes>.CopyWithLead(o.Weights, o.Columns, lead, w);
        RowBlock<TLanes>.CopyWithLead(gradient, o.Columns, lead, g);

        // At least the first row's share is not the loop's where that reads what is before a row.
        var head = (int)Lane.RoundUp(lead > 0 ? lag + 1 : lag);
        RowBlock<TLanes>.Margins(o, MarginOrder.SideBySide, firstRow, head, z);
        LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(firstRow), default, r, sliceRow, head, state);
        AddIntercept(o, 0, head, r, gradient);
        RowBlock<TLanes>.AddWholeGroups(o, firstRow, head - lag, r, own);
        var (done, shared) = (head, rows - lag);
        while (done < rows)
        {
            var end = o.HasIntercept ? Math.Min(done + TurnRows, rows) : rows;
            var stop = lag == Eight
                ? InterleavedWideRows<TLanes, TLink, EightRows>.Add(o, firstRow, sliceRow, done, end, lag, lead, w, r, g, z, state)
                : InterleavedWideRows<TLanes, TLink, MoreRows>.Add(o, firstRow, sliceRow, done, end, lag, lead, w, r, g, z, state);
            if (stop < end)
            {
                shared = stop + Eight - lag;
                rows = lag == Eight ? stop : stop & -Lane.Count;
                end = rows;
            }

            AddIntercept(o, done, end - done, r, gradient);
            done = end;
        }

        for (var i = shared; i < rows; i += Eight)
            RowBlock<TLanes>.AddWholeGroups(o, firstRow + i, Eight, r.At(i & Ring), own);
        own.CopyTo(gradient, o.Columns);
        if (rows % Lane.Count != 0)
            AddLoss(o, firstRow + rows - Eight, sliceRow + rows - Eight, z, r, state);
        return rows;
    }

    // The loss of eight rows, which goes with that of eight more.
    private static void AddLoss(in Operands o, nint row, int sliceRow, Floats z, Floats r, Floats state)
    {
        RowBlock<TLanes>.Margins(o, MarginOrder.SideBySide, row, Eight, z);
        LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(row), default, r, sliceRow, Eight, state);
    }

    private static void AddIntercept(in Operands o, int row, int count, Floats ring, Floats gradient)
    {
        if (!o.HasIntercept)
            return;
        for (var i = row; i < row + count; i += Eight)
            RowBlock<TLanes>.AddInterceptColumn(ring.At(i & Ring), Eight, gradient, o.Columns);
    }
}
