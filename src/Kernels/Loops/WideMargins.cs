using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Margins of rows of any length, by loops over the columns.</summary>
/// <remarks>
/// Row after row margins read memory as one stream, at the speed of a plain read: eight rows side by side read it at a third of that speed.
/// Short rows overlap with the next ones as they are; for long ones see <see cref="LongMargins{TLanes}"/>.
/// </remarks>
internal static class WideMargins<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // Columns that a turn of the loop takes.
    private const int Unroll = 4 * Lane.Count;

    private const int Eight = 8;

    /// <summary>z[i] = x_i·w, row after row.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void InOrder<TAhead>(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
        where TAhead : struct, IAhead
    {
        Span<float> stack = stackalloc float[(Eight * Lane.Count) + Lane.Count - 1];
        var sums = Floats.OnStack(stack);
        var before = TLanes.Zero;
        var i = 0;
        for (; i <= rows - Eight; i += Eight)
        {
            for (var k = 0; k < Eight; k++, x = x.At(stride))
                TLanes.Store(Dot<TAhead>(x, w, columns), sums.At(k * Lane.Count));
            Store(
                ref before,
                TLanes.Fold4(Sum(sums, 0), Sum(sums, 1), Sum(sums, 2), Sum(sums, 3)),
                TLanes.Fold4(Sum(sums, 4), Sum(sums, 5), Sum(sums, 6), Sum(sums, 7)),
                z,
                i,
                rows & -Eight);
        }

        for (; i < rows; i++, x = x.At(stride))
            z[i] = TLanes.Fold(Dot<TAhead>(x, w, columns));
    }

    /// <summary>z[i] = x_i·w, eight rows side by side, or four for long rows; the number of rows is a multiple of that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void SideBySide(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
    {
        if (columns > Contract.OneChainColumns)
        {
            LongMargins<TLanes>.SideBySide(x, stride, w, columns, z, rows);
            return;
        }

        if (TLanes.ManyRegisters)
        {
            EightDots(x, stride, w, columns, z, rows);
            return;
        }

        var before = TLanes.Zero;
        for (var i = 0; i < rows; i += Eight)
            Store(ref before, FourShortDots(x.At(i * stride), stride, w, columns), FourShortDots(x.At((i + 4) * stride), stride, w, columns), z, i, rows);
    }

    /// <summary>The sixteen sums of one margin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Dot<TAhead>(Floats x, Floats w, int columns)
        where TAhead : struct, IAhead =>
        columns <= Contract.OneChainColumns ? ShortDot<TAhead>(x, w, columns) : LongMargins<TLanes>.Dot<TAhead>(x, w, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ShortDot<TAhead>(Floats x, Floats w, int columns)
        where TAhead : struct, IAhead
    {
        var a = TLanes.Zero;
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            TAhead.Ask(x.At(j));
            TAhead.Ask(x.At(j + Lane.Count));
            TAhead.Ask(x.At(j + (2 * Lane.Count)));
            TAhead.Ask(x.At(j + (3 * Lane.Count)));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + Lane.Count)), x, j + Lane.Count);
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + (2 * Lane.Count))), x, j + (2 * Lane.Count));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + (3 * Lane.Count))), x, j + (3 * Lane.Count));
        }

        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            TAhead.Ask(x.At(j));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
        }

        TAhead.Ask(x.At(j));
        var tail = (int)(columns - j);
        return tail > 0 ? TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(j), tail), TLanes.LoadFirst(w.At(j), tail), a) : a;
    }

    // Sixteen rows at a time where there are as many: a vector that is stored in two parts would have to wait to be loaded as one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref TLanes before, TLanes abcd, TLanes efgh, Floats z, int row, int rows)
    {
        var eight = TLanes.Fold8(abcd, efgh);
        if ((row & Eight) != 0)
            TLanes.Store(TLanes.Fold16(before, eight), z.At(row - Eight));
        else if (row + Eight >= rows)
            TLanes.StoreFirst(TLanes.Fold16(eight, TLanes.Zero), z.At(row), Eight);
        before = eight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum(Floats sums, int row) => TLanes.Load(sums.At(row * Lane.Count));

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

            Store(ref before, TLanes.Fold4(a0, a1, a2, a3), TLanes.Fold4(a4, a5, a6, a7), z, i, rows);
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
}
