using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Rows;

/// <summary>The loop of <see cref="InterleavedRows{TLanes, TLink}"/> for rows of up to <see cref="Contract.OneChainColumns"/> columns: eight margins and the share of eight rows at a time.</summary>
internal static class InterleavedWideRows<TLanes, TLink, TLag>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
    where TLag : struct, ILag
{
    private const int Eight = 8;

    /// <summary>Residuals and loss of rows from <paramref name="row"/> to <paramref name="end"/>, and the gradient's share of as many rows, <paramref name="lag"/> before; the end, or the row of the turn in which a margin is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static int Add(in Operands o, nint firstRow, int sliceRow, int row, int end, int lag, int lead, Floats w, Floats ring, Floats g, Floats z, Floats state)
    {
        var (x, stride, columns) = (o.Row(firstRow + row).At(-lead), o.Stride, lead + o.Columns);
        nint last = columns - Lane.Count;

        // Few addresses and three offsets, which the registers hold.
        var (one, two, three) = (stride, 2 * stride, 3 * stride);
        var first = TLanes.Zero;
        for (; row < end; row += Eight, x = x.At(Eight * stride))
        {
            var r = ring.At((row - lag) & InterleavedRows<TLanes, TLink>.Ring);
            var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (a4, a5, a6, a7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);
            TLanes.BroadcastFour(r.At(Contract.GroupRows), out var r4, out var r5, out var r6, out var r7);
            var (xa, xb) = (x, x.At(Contract.GroupRows * stride));
            var (ya, yb) = (x.At(-lag * stride), x.At((Contract.GroupRows - lag) * stride));

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
                if (!TLag.IsEight)
                    continue;
                var early = TLanes.Fold16(eight, eight);
                if (lead > 0 && !RowBlock<TLanes>.AreFinite(early))
                    return row;
                TLanes.Store(early, z);
                EightResiduals(o, z, firstRow + row, ring.At(row & InterleavedRows<TLanes, TLink>.Ring));
                continue;
            }

            var sixteen = TLanes.Fold16(first, eight);
            if (lead > 0 && !RowBlock<TLanes>.AreFinite(sixteen))
                return row;
            LinkBlock<TLanes, TLink>.Sixteen(o, sixteen, firstRow + row - Eight, sliceRow + row - Eight, ring.At((row - Eight) & InterleavedRows<TLanes, TLink>.Ring), state);
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void EightResiduals(in Operands o, Floats z, nint row, Floats r) => LinkBlock<TLanes, TLink>.Few(o, z, row, Eight, r);
}
