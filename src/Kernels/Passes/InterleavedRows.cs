using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>
/// Rows in cache, the two primitives in one loop over the columns: the margins of eight rows, and the gradient's share of the eight rows
/// that came <see cref="Lag"/> rows before. While the rows ahead come from L2 or L3, there is something to do with those behind, which
/// are in L1; and nothing waits for the link, whose residuals are used a whole turn after it.
/// </summary>
/// <remarks>The bits are those of blocks (ARITHMETIC.md, 1 to 4).</remarks>
internal static class InterleavedRows<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Fewer rows are not worth it.</summary>
    internal const int LeastRows = Head + Lane.Count;

    private const int Eight = 8;

    // Rows between a margin and its share of the gradient: sixteen for the link, eight in which it is computed.
    private const int Lag = 24;
    private static readonly int LagColumns = int.Parse(Environment.GetEnvironmentVariable("LAGC") ?? "144");

    // Rows whose margins have no rows before them.
    private const int Head = 32;

    // Residuals wait in a ring of so many.
    private const int Ring = Regime.MostRows - 1;

    /// <summary>Adds a multiple of sixteen rows, at least <see cref="LeastRows"/>, to a slice.</summary>
    /// <param name="o">The operands.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice, a multiple of sixteen.</param>
    /// <param name="rows">How many.</param>
    /// <param name="z">Room for <see cref="Head"/> margins.</param>
    /// <param name="r">Room for <see cref="Regime.MostRows"/> residuals.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="gradient">The gradient so far.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(in Operands o, nint firstRow, int sliceRow, int rows, Floats z, Floats r, Floats state, Floats gradient)
    {
        var lag = o.Columns <= LagColumns ? 24 : 16;
        Span<float> stack = stackalloc float[(2 * LongRow.ShortColumns) + Lane.Count - 1];
        var w = Floats.OnStack(stack);
        var g = w.At(LongRow.ShortColumns);
        o.Weights.CopyTo(w, o.Columns);
        gradient.CopyTo(g, o.Columns);

        RowBlock<TLanes>.Margins(o, MarginOrder.SideBySide, firstRow, Head, z);
        LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(firstRow), default, r, sliceRow, Head, state);
        if (o.HasIntercept)
            RowBlock<TLanes>.AddInterceptColumn(r, Head, gradient, o.Columns);
        WideGradient<TLanes>.AddScaled(o.Row(firstRow), o.Stride, r, g, o.Columns, Head - lag);
        int count;
        for (var i = Head; i < rows; i += count)
        {
            count = Math.Min(rows - i, LossBatch<TLanes>.Rows - ((sliceRow + i) % LossBatch<TLanes>.Rows));
            Rows(o, firstRow, i, i + count, lag, w, r, g, state);
            if (TLink.HasLogPart && (sliceRow + i + count) % LossBatch<TLanes>.Rows == 0)
                LinkBlock<TLanes, TLink>.EndBatch(state);
            if (o.HasIntercept)
            {
                for (var k = i; k < i + count; k += Lane.Count)
                    RowBlock<TLanes>.AddInterceptColumn(r.At(k & Ring), Lane.Count, gradient, o.Columns);
            }
        }

        for (var i = rows - lag; i < rows; i += Eight)
            WideGradient<TLanes>.AddScaled(o.Row(firstRow + i), o.Stride, r.At(i & Ring), g, o.Columns, Eight);
        g.CopyTo(gradient, o.Columns);
    }

    // Residuals of rows from row to end to the ring; g += Xᵀr for as many, Lag rows before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Rows(in Operands o, nint firstRow, int row, int end, int lag, Floats w, Floats ring, Floats g, Floats state)
    {
        var (x, stride, columns) = (o.Row(firstRow + row), o.Stride, o.Columns);
        nint last = columns - Lane.Count;

        // Few addresses and three offsets, which the registers hold.
        var (one, two, three) = (stride, 2 * stride, 3 * stride);
        var first = TLanes.Zero;
        for (; row < end; row += Eight, x = x.At(Eight * stride))
        {
            var r = ring.At((row - lag) & Ring);
            var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (a4, a5, a6, a7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);
            TLanes.BroadcastFour(r.At(RowGroup.Rows), out var r4, out var r5, out var r6, out var r7);
            var (xa, xb) = (x, x.At(RowGroup.Rows * stride));
            var (ya, yb) = (x.At(-lag * stride), x.At((RowGroup.Rows - lag) * stride));

            nint j = 0;
            for (; j <= last; j += Lane.Count)
            {
                var wj = TLanes.Load(w.At(j));
                TLanes.MultiplyAdd(ref a0, wj, xa);
                TLanes.MultiplyAdd(ref a1, wj, xa, one);
                TLanes.MultiplyAdd(ref a2, wj, xa, two);
                TLanes.MultiplyAdd(ref a3, wj, xa, three);
                TLanes.MultiplyAdd(ref a4, wj, xb);
                TLanes.MultiplyAdd(ref a5, wj, xb, one);
                TLanes.MultiplyAdd(ref a6, wj, xb, two);
                TLanes.MultiplyAdd(ref a7, wj, xb, three);
                var c = TLanes.Multiply(r0, TLanes.Load(ya));
                TLanes.MultiplyAdd(ref c, r1, ya, one);
                TLanes.MultiplyAdd(ref c, r2, ya, two);
                TLanes.MultiplyAdd(ref c, r3, ya, three);
                var d = TLanes.Multiply(r4, TLanes.Load(yb));
                TLanes.MultiplyAdd(ref d, r5, yb, one);
                TLanes.MultiplyAdd(ref d, r6, yb, two);
                TLanes.MultiplyAdd(ref d, r7, yb, three);
                TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Load(g.At(j)), c), d), g.At(j));
                (xa, xb, ya, yb) = (xa.At(Lane.Count), xb.At(Lane.Count), ya.At(Lane.Count), yb.At(Lane.Count));
            }

            var tail = (int)(columns - j);
            if (tail > 0)
            {
                var wj = TLanes.LoadFirst(w.At(j), tail);
                a0 = TLanes.MultiplyAdd(TLanes.LoadFirst(xa, tail), wj, a0);
                a1 = TLanes.MultiplyAdd(TLanes.LoadFirst(xa.At(one), tail), wj, a1);
                a2 = TLanes.MultiplyAdd(TLanes.LoadFirst(xa.At(two), tail), wj, a2);
                a3 = TLanes.MultiplyAdd(TLanes.LoadFirst(xa.At(three), tail), wj, a3);
                a4 = TLanes.MultiplyAdd(TLanes.LoadFirst(xb, tail), wj, a4);
                a5 = TLanes.MultiplyAdd(TLanes.LoadFirst(xb.At(one), tail), wj, a5);
                a6 = TLanes.MultiplyAdd(TLanes.LoadFirst(xb.At(two), tail), wj, a6);
                a7 = TLanes.MultiplyAdd(TLanes.LoadFirst(xb.At(three), tail), wj, a7);
                var c = TLanes.Multiply(r0, TLanes.LoadFirst(ya, tail));
                c = TLanes.MultiplyAdd(r1, TLanes.LoadFirst(ya.At(one), tail), c);
                c = TLanes.MultiplyAdd(r2, TLanes.LoadFirst(ya.At(two), tail), c);
                c = TLanes.MultiplyAdd(r3, TLanes.LoadFirst(ya.At(three), tail), c);
                var d = TLanes.Multiply(r4, TLanes.LoadFirst(yb, tail));
                d = TLanes.MultiplyAdd(r5, TLanes.LoadFirst(yb.At(one), tail), d);
                d = TLanes.MultiplyAdd(r6, TLanes.LoadFirst(yb.At(two), tail), d);
                d = TLanes.MultiplyAdd(r7, TLanes.LoadFirst(yb.At(three), tail), d);
                TLanes.StoreFirst(TLanes.Add(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), d), g.At(j), tail);
            }

            var eight = TLanes.Fold8(TLanes.Fold4(a0, a1, a2, a3), TLanes.Fold4(a4, a5, a6, a7));
            if ((row & Eight) == 0)
            {
                first = eight;
                continue;
            }

            var sixteen = firstRow + row - Eight;
            var z = TLanes.Fold16(first, eight);
            if (o.HasIntercept)
                z = TLanes.Add(z, TLanes.Broadcast(o.Intercept));
            if (!o.Offset.IsNull)
                z = TLanes.Add(z, TLanes.Load(o.Offset.At(sixteen)));
            TLanes.Store(LinkBlock<TLanes, TLink>.Residual(z, TLanes.Load(o.Y.At(sixteen)), state), ring.At((row - Eight) & Ring));
        }
    }
}
