using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// Rows of more than <see cref="Contract.OneChainColumns"/> columns in cache, as <see cref="InterleavedRows{TLanes, TLink}"/> goes about shorter ones: in one
/// loop over the columns the margins of four rows, and the gradient's share of the four rows before.
/// </summary>
/// <remarks>
/// The bits are those of blocks (ARITHMETIC.md, 1 to 4). The loss of sixteen rows is added by the link of blocks, which computes their
/// residuals once more.
/// </remarks>
internal static class InterleavedLongRows<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    // Columns that a turn of the loop takes.
    private const int Unroll = 4 * Lane.Count;

    /// <summary>Adds a multiple of sixteen rows to a slice.</summary>
    /// <param name="o">The operands; more than <see cref="Contract.OneChainColumns"/> columns, at most <see cref="Regime.InterleavedColumns"/>.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice, a multiple of sixteen.</param>
    /// <param name="rows">How many.</param>
    /// <param name="lead">See <see cref="InterleavedRows{TLanes, TLink}"/>.</param>
    /// <param name="z">Room for two vectors.</param>
    /// <param name="r">Room for two vectors.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="gradient">The gradient so far.</param>
    /// <returns>How many rows were added: fewer, where there is a lead and a margin is not finite.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static int Add(in Operands o, nint firstRow, int sliceRow, int rows, int lead, Floats z, Floats r, Floats state, Floats gradient)
    {
        const int Before = Lane.Count - Contract.GroupRows;
        const int Room = Regime.InterleavedColumns + Lane.Count;

        // The vectors of the loop are whole lines.
        Span<float> stack = stackalloc float[(2 * Room) + Lane.Count - 1];
        var w = Floats.OnStack(stack);
        var g = w.At(Room);
        var own = g.At(lead);
        TLanes.Store(TLanes.Zero, g.At((lead + o.Columns - 1) & -Lane.Count)); // the last one is stored whole
        RowBlock<TLanes>.CopyWithLead(o.Weights, o.Columns, lead, w);
        RowBlock<TLanes>.CopyWithLead(gradient, o.Columns, lead, g);
        var last = r.At(Lane.Count);
        RowBlock<TLanes>.Margins(o, MarginOrder.SideBySide, firstRow, Lane.Count, z);
        End(o, firstRow, sliceRow, Lane.Count, z, r, state, gradient);
        WideGradient<TLanes>.AddScaled<NotAhead>(o.Row(firstRow), o.Stride, r, own, o.Columns, Before);
        TLanes.Store(TLanes.LoadFirst(r.At(Before), Contract.GroupRows), last);
        for (var i = Lane.Count; i < rows; i += Lane.Count)
        {
            for (var k = 0; k < Lane.Count; k += Contract.GroupRows)
            {
                FourRows(o.Row(firstRow + i + k).At(-lead), o.Stride, w, last, g, lead + o.Columns, z.At(k));
                if (lead == 0 || RowBlock<TLanes>.AreFinite(TLanes.Load(z.At(k))))
                {
                    FourResiduals(o, firstRow + i + k, z.At(k), last);
                    continue;
                }

                End(o, firstRow + i, sliceRow + i, k, z, r, state, gradient);
                own.CopyTo(gradient, o.Columns);
                return i + k;
            }

            End(o, firstRow + i, sliceRow + i, Lane.Count, z, r, state, gradient);
        }

        WideGradient<TLanes>.AddScaled<NotAhead>(o.Row(firstRow + rows - Contract.GroupRows), o.Stride, last, own, o.Columns, Contract.GroupRows);
        own.CopyTo(gradient, o.Columns);
        return rows;
    }

    private static void End(in Operands o, nint row, int sliceRow, int count, Floats z, Floats r, Floats state, Floats gradient)
    {
        LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(row), default, r, sliceRow, count, state);
        if (o.HasIntercept)
            RowBlock<TLanes>.AddInterceptColumn(r, count, gradient, o.Columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourResiduals(in Operands o, nint row, Floats z, Floats r) => LinkBlock<TLanes, TLink>.Few(o, z, row, Contract.GroupRows, r);

    // z = x·w of four rows, in every quarter of a vector; g += Xᵀr for the four rows before, whose residuals are at r.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourRows(Floats x, nint stride, Floats w, Floats r, Floats g, int columns, Floats z)
    {
        var whole = columns & -Unroll;

        // Few addresses and three offsets, which the registers hold.
        var (one, two, three) = (stride, 2 * stride, 3 * stride);
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (b0, b1, b2, b3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (d0, d1, d2, d3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);
        var xj = x;
        var yj = x.At(-Contract.GroupRows * one);

        nint j = 0;
        for (; j < whole; j += Unroll)
        {
            Column(ref a0, ref a1, ref a2, ref a3, w.At(j), xj, one, two, three, 0);
            Add(g.At(j), r0, r1, r2, r3, yj, one, two, three, 0);
            Column(ref b0, ref b1, ref b2, ref b3, w.At(j), xj, one, two, three, Lane.Count);
            Add(g.At(j), r0, r1, r2, r3, yj, one, two, three, Lane.Count);
            Column(ref c0, ref c1, ref c2, ref c3, w.At(j), xj, one, two, three, 2 * Lane.Count);
            Add(g.At(j), r0, r1, r2, r3, yj, one, two, three, 2 * Lane.Count);
            Column(ref d0, ref d1, ref d2, ref d3, w.At(j), xj, one, two, three, 3 * Lane.Count);
            Add(g.At(j), r0, r1, r2, r3, yj, one, two, three, 3 * Lane.Count);
            (xj, yj) = (xj.At(Unroll), yj.At(Unroll));
        }

        // The last columns, a vector to each accumulator in turn: which of the four has which name does not matter to their sum. The vectors
        // of +0 that ARITHMETIC.md has after them could only turn a sum of -0 into +0, and a margin of -0 has no other result.
        for (; j <= columns - Lane.Count; j += Lane.Count, xj = xj.At(Lane.Count), yj = yj.At(Lane.Count))
        {
            Column(ref a0, ref a1, ref a2, ref a3, w.At(j), xj, one, two, three, 0);
            Add(g.At(j), r0, r1, r2, r3, yj, one, two, three, 0);
            (a0, b0, c0, d0) = (b0, c0, d0, a0);
            (a1, b1, c1, d1) = (b1, c1, d1, a1);
            (a2, b2, c2, d2) = (b2, c2, d2, a2);
            (a3, b3, c3, d3) = (b3, c3, d3, a3);
        }

        if (j < columns)
            First(ref a0, ref a1, ref a2, ref a3, w.At(j), xj, r0, r1, r2, r3, g.At(j), yj, one, two, three, (int)(columns - j));

        var four = TLanes.Fold4(
            TLanes.Add(TLanes.Add(a0, c0), TLanes.Add(b0, d0)),
            TLanes.Add(TLanes.Add(a1, c1), TLanes.Add(b1, d1)),
            TLanes.Add(TLanes.Add(a2, c2), TLanes.Add(b2, d2)),
            TLanes.Add(TLanes.Add(a3, c3), TLanes.Add(b3, d3)));
        var margins = TLanes.Fold8(four, four);
        TLanes.Store(TLanes.Fold16(margins, margins), z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(ref TLanes a0, ref TLanes a1, ref TLanes a2, ref TLanes a3, Floats w, Floats x, nint one, nint two, nint three, nint j)
    {
        var wj = TLanes.Load(w.At(j));
        TLanes.MultiplyAdd(ref a0, wj, x, j);
        TLanes.MultiplyAdd(ref a1, wj, x.At(j), one);
        TLanes.MultiplyAdd(ref a2, wj, x.At(j), two);
        TLanes.MultiplyAdd(ref a3, wj, x.At(j), three);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Floats g, TLanes r0, TLanes r1, TLanes r2, TLanes r3, Floats y, nint one, nint two, nint three, nint j)
    {
        var c = TLanes.Multiply(r0, TLanes.Load(y.At(j)));
        TLanes.MultiplyAdd(ref c, r1, y.At(j), one);
        TLanes.MultiplyAdd(ref c, r2, y.At(j), two);
        TLanes.MultiplyAdd(ref c, r3, y.At(j), three);
        TLanes.Store(TLanes.Add(TLanes.Load(g.At(j)), c), g.At(j));
    }

    // The same for the last columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void First(
        ref TLanes a0, ref TLanes a1, ref TLanes a2, ref TLanes a3, Floats w, Floats x, TLanes r0, TLanes r1, TLanes r2, TLanes r3, Floats g, Floats y, nint one, nint two, nint three, int lanes)
    {
        var wj = TLanes.LoadFirst(w, lanes);
        a0 = TLanes.MultiplyAdd(TLanes.LoadFirst(x, lanes), wj, a0);
        a1 = TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(one), lanes), wj, a1);
        a2 = TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(two), lanes), wj, a2);
        a3 = TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(three), lanes), wj, a3);
        var c = TLanes.Multiply(r0, TLanes.LoadFirst(y, lanes));
        c = TLanes.MultiplyAdd(r1, TLanes.LoadFirst(y.At(one), lanes), c);
        c = TLanes.MultiplyAdd(r2, TLanes.LoadFirst(y.At(two), lanes), c);
        c = TLanes.MultiplyAdd(r3, TLanes.LoadFirst(y.At(three), lanes), c);
        TLanes.Store(TLanes.Add(TLanes.Load(g), c), g);
    }
}
