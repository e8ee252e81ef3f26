using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Passes;

/// <summary>Margins of rows of any length, by loops over the columns.</summary>
/// <remarks>
/// The margin of a long row is summed in four vectors, so that one row alone is bound by its loads, not by the latency of its additions.
/// That lets margins read memory row after row, as one stream at the speed of a plain read: eight rows side by side
/// read memory at a third of that speed. Short rows overlap with the next ones as they are.
/// </remarks>
internal static class WideMargins<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Long rows that <see cref="SideBySide"/> takes at once.</summary>
    internal const int LongRowsAtOnce = 4;

    // Columns that the four vectors of a long row take at once.
    private const int Unroll = 4 * Lane.Count;

    private const int Eight = 8;

    /// <summary>z[i] = x_i·w, row after row.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void InOrder(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
    {
        Span<float> stack = stackalloc float[(Eight * Lane.Count) + Lane.Count - 1];
        var sums = Floats.OnStack(stack);
        var before = TLanes.Zero;
        var i = 0;
        for (; i <= rows - Eight; i += Eight)
        {
            for (var k = 0; k < Eight; k++, x = x.At(stride))
                TLanes.Store(Dot(x, w, columns), sums.At(k * Lane.Count));
            Store(
                ref before,
                TLanes.Fold4(Sum(sums, 0), Sum(sums, 2), Sum(sums, 4), Sum(sums, 6)),
                TLanes.Fold4(Sum(sums, 1), Sum(sums, 3), Sum(sums, 5), Sum(sums, 7)),
                z,
                i,
                rows & -Eight);
        }

        for (; i < rows; i++, x = x.At(stride))
            z[i] = TLanes.Fold(Dot(x, w, columns));
    }

    /// <summary>z[i] = x_i·w, eight rows side by side, or four for long rows; the number of rows is a multiple of that.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void SideBySide(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
    {
        if (columns > LongRow.ShortColumns)
        {
            Span<float> stack = stackalloc float[(5 * Lane.Count) - 1];
            var sums = Floats.OnStack(stack);
            for (var i = 0; i < rows; i += LongRowsAtOnce)
            {
                FourLongDots(x.At(i * stride), stride, w, columns, sums);
                for (var k = 0; k < LongRowsAtOnce; k++)
                    z[i + k] = TLanes.Fold(Sum(sums, k));
            }

            return;
        }

        if (TLanes.ManyRegisters)
        {
            EightDots(x, stride, w, columns, z, rows);
            return;
        }

        var before = TLanes.Zero;
        for (var i = 0; i < rows; i += Eight)
            Store(ref before, FourShortDots(x.At(i * stride), 2 * stride, w, columns), FourShortDots(x.At((i + 1) * stride), 2 * stride, w, columns), z, i, rows);
    }

    /// <summary>The sixteen sums of one margin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Dot(Floats x, Floats w, int columns) => columns <= LongRow.ShortColumns ? ShortDot(x, w, columns) : LongDot(x, w, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ShortDot(Floats x, Floats w, int columns)
    {
        var a = TLanes.Zero;
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + Lane.Count)), x, j + Lane.Count);
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + (2 * Lane.Count))), x, j + (2 * Lane.Count));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + (3 * Lane.Count))), x, j + (3 * Lane.Count));
        }

        for (; j <= columns - Lane.Count; j += Lane.Count)
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
        var tail = (int)(columns - j);
        return tail > 0 ? TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(j), tail), TLanes.LoadFirst(w.At(j), tail), a) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LongDot(Floats x, Floats w, int columns)
    {
        var (a, b, c, d) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
            TLanes.MultiplyAdd(ref b, TLanes.Load(w.At(j + Lane.Count)), x, j + Lane.Count);
            TLanes.MultiplyAdd(ref c, TLanes.Load(w.At(j + (2 * Lane.Count))), x, j + (2 * Lane.Count));
            TLanes.MultiplyAdd(ref d, TLanes.Load(w.At(j + (3 * Lane.Count))), x, j + (3 * Lane.Count));
        }

        var rest = (int)(columns - j);
        if (rest > 0)
        {
            a = First(a, x.At(j), w.At(j), rest);
            b = First(b, x.At(j + Lane.Count), w.At(j + Lane.Count), rest - Lane.Count);
            c = First(c, x.At(j + (2 * Lane.Count)), w.At(j + (2 * Lane.Count)), rest - (2 * Lane.Count));
            d = First(d, x.At(j + (3 * Lane.Count)), w.At(j + (3 * Lane.Count)), rest - (3 * Lane.Count));
        }

        return TLanes.Add(TLanes.Add(a, c), TLanes.Add(b, d));
    }

    // a + x·w on the first lanes; fma(0, 0, a) on the others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes First(TLanes a, Floats x, Floats w, int count)
    {
        var lanes = Math.Clamp(count, 0, Lane.Count);
        return TLanes.MultiplyAdd(TLanes.LoadFirst(x, lanes), TLanes.LoadFirst(w, lanes), a);
    }

    // Sixteen rows at a time where there are as many: a vector that is stored in two parts would have to wait to be loaded as one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref TLanes before, TLanes even, TLanes odd, Floats z, int row, int rows)
    {
        var eight = TLanes.Fold8(even, odd);
        if ((row & Eight) != 0)
            TLanes.Store(TLanes.Fold16(before, eight), z.At(row - Eight));
        else if (row + Eight >= rows)
            TLanes.StoreFirst(TLanes.Fold16(eight, TLanes.Zero), z.At(row), Eight);
        before = eight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum(Floats sums, int row) => TLanes.Load(sums.At(row * Lane.Count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourLongDots(Floats x, nint stride, Floats w, int columns, Floats sums)
    {
        var (x1, x2, x3) = (x.At(stride), x.At(2 * stride), x.At(3 * stride));
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (b0, b1, b2, b3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (d0, d1, d2, d3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            Column(ref a0, ref a1, ref a2, ref a3, TLanes.Load(w.At(j)), x, x1, x2, x3, j);
            Column(ref b0, ref b1, ref b2, ref b3, TLanes.Load(w.At(j + Lane.Count)), x, x1, x2, x3, j + Lane.Count);
            Column(ref c0, ref c1, ref c2, ref c3, TLanes.Load(w.At(j + (2 * Lane.Count))), x, x1, x2, x3, j + (2 * Lane.Count));
            Column(ref d0, ref d1, ref d2, ref d3, TLanes.Load(w.At(j + (3 * Lane.Count))), x, x1, x2, x3, j + (3 * Lane.Count));
        }

        var rest = (int)(columns - j);
        if (rest > 0)
        {
            First(ref a0, ref a1, ref a2, ref a3, w, x, x1, x2, x3, j, rest);
            First(ref b0, ref b1, ref b2, ref b3, w, x, x1, x2, x3, j + Lane.Count, rest - Lane.Count);
            First(ref c0, ref c1, ref c2, ref c3, w, x, x1, x2, x3, j + (2 * Lane.Count), rest - (2 * Lane.Count));
            First(ref d0, ref d1, ref d2, ref d3, w, x, x1, x2, x3, j + (3 * Lane.Count), rest - (3 * Lane.Count));
        }

        TLanes.Store(TLanes.Add(TLanes.Add(a0, c0), TLanes.Add(b0, d0)), sums);
        TLanes.Store(TLanes.Add(TLanes.Add(a1, c1), TLanes.Add(b1, d1)), sums.At(Lane.Count));
        TLanes.Store(TLanes.Add(TLanes.Add(a2, c2), TLanes.Add(b2, d2)), sums.At(2 * Lane.Count));
        TLanes.Store(TLanes.Add(TLanes.Add(a3, c3), TLanes.Add(b3, d3)), sums.At(3 * Lane.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void EightDots(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
    {
        var before = TLanes.Zero;
        for (var i = 0; i < rows; i += Eight, x = x.At(Eight * stride))
        {
            var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
            var (x4, x5, x6, x7) = (x.At(4 * stride), x.At(5 * stride), x.At(6 * stride), x.At(7 * stride));
            var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (a4, a5, a6, a7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);

            nint j = 0;
            for (; j <= columns - Lane.Count; j += Lane.Count)
            {
                var wj = TLanes.Load(w.At(j));
                TLanes.MultiplyAdd(ref a0, wj, x0, j);
                TLanes.MultiplyAdd(ref a1, wj, x1, j);
                TLanes.MultiplyAdd(ref a2, wj, x2, j);
                TLanes.MultiplyAdd(ref a3, wj, x3, j);
                TLanes.MultiplyAdd(ref a4, wj, x4, j);
                TLanes.MultiplyAdd(ref a5, wj, x5, j);
                TLanes.MultiplyAdd(ref a6, wj, x6, j);
                TLanes.MultiplyAdd(ref a7, wj, x7, j);
            }

            var tail = (int)(columns - j);
            if (tail > 0)
            {
                var wj = TLanes.LoadFirst(w.At(j), tail);
                a0 = TLanes.MultiplyAdd(TLanes.LoadFirst(x0.At(j), tail), wj, a0);
                a1 = TLanes.MultiplyAdd(TLanes.LoadFirst(x1.At(j), tail), wj, a1);
                a2 = TLanes.MultiplyAdd(TLanes.LoadFirst(x2.At(j), tail), wj, a2);
                a3 = TLanes.MultiplyAdd(TLanes.LoadFirst(x3.At(j), tail), wj, a3);
                a4 = TLanes.MultiplyAdd(TLanes.LoadFirst(x4.At(j), tail), wj, a4);
                a5 = TLanes.MultiplyAdd(TLanes.LoadFirst(x5.At(j), tail), wj, a5);
                a6 = TLanes.MultiplyAdd(TLanes.LoadFirst(x6.At(j), tail), wj, a6);
                a7 = TLanes.MultiplyAdd(TLanes.LoadFirst(x7.At(j), tail), wj, a7);
            }

            Store(ref before, TLanes.Fold4(a0, a2, a4, a6), TLanes.Fold4(a1, a3, a5, a7), z, i, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TLanes FourShortDots(Floats x, nint stride, Floats w, int columns)
    {
        var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);

        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            var wj = TLanes.Load(w.At(j));
            TLanes.MultiplyAdd(ref a0, wj, x0, j);
            TLanes.MultiplyAdd(ref a1, wj, x1, j);
            TLanes.MultiplyAdd(ref a2, wj, x2, j);
            TLanes.MultiplyAdd(ref a3, wj, x3, j);
        }

        var tail = (int)(columns - j);
        if (tail > 0)
        {
            var wj = TLanes.LoadFirst(w.At(j), tail);
            a0 = TLanes.MultiplyAdd(TLanes.LoadFirst(x0.At(j), tail), wj, a0);
            a1 = TLanes.MultiplyAdd(TLanes.LoadFirst(x1.At(j), tail), wj, a1);
            a2 = TLanes.MultiplyAdd(TLanes.LoadFirst(x2.At(j), tail), wj, a2);
            a3 = TLanes.MultiplyAdd(TLanes.LoadFirst(x3.At(j), tail), wj, a3);
        }

        return TLanes.Fold4(a0, a1, a2, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(ref TLanes a0, ref TLanes a1, ref TLanes a2, ref TLanes a3, TLanes w, Floats x0, Floats x1, Floats x2, Floats x3, nint j)
    {
        TLanes.MultiplyAdd(ref a0, w, x0, j);
        TLanes.MultiplyAdd(ref a1, w, x1, j);
        TLanes.MultiplyAdd(ref a2, w, x2, j);
        TLanes.MultiplyAdd(ref a3, w, x3, j);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void First(ref TLanes a0, ref TLanes a1, ref TLanes a2, ref TLanes a3, Floats w, Floats x0, Floats x1, Floats x2, Floats x3, nint j, int count)
    {
        var lanes = Math.Clamp(count, 0, Lane.Count);
        var wj = TLanes.LoadFirst(w.At(j), lanes);
        a0 = TLanes.MultiplyAdd(TLanes.LoadFirst(x0.At(j), lanes), wj, a0);
        a1 = TLanes.MultiplyAdd(TLanes.LoadFirst(x1.At(j), lanes), wj, a1);
        a2 = TLanes.MultiplyAdd(TLanes.LoadFirst(x2.At(j), lanes), wj, a2);
        a3 = TLanes.MultiplyAdd(TLanes.LoadFirst(x3.At(j), lanes), wj, a3);
    }
}
