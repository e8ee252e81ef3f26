using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Passes;

/// <summary>
/// The two primitives of the fused pass on a block of up to sixteen rows: their margins z = X·w + b, and the
/// gradient's share g += Xᵀr while the block is in cache.
/// </summary>
internal static class RowBlock<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Rows that share one partial sum before it is added to the gradient.</summary>
    internal const int GroupRows = 8;

    /// <summary>
    /// Rows in a block: sixteen, as many as the link takes at once; eight when sixteen would not leave half of a 512 KiB
    /// L2 cache free. A matter of speed alone.
    /// </summary>
    internal static int Rows(int columns) => columns <= 4096 ? Lane.Count : GroupRows;

    /// <summary>The margins of <paramref name="count"/> rows from <paramref name="row"/> on; the other lanes are the intercept's or zero.</summary>
    /// <remarks>
    /// One row: sixteen lanes, lane l sums x[16k + l]·w[16k + l] by fused multiply-adds in the order of k, and the
    /// lanes fold in halves. Every route below does just that.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static TLanes Margins(in Operands o, nint row, int count)
    {
        TLanes z;
        if (count == Lane.Count)
        {
            var first = EightDots(o.Row(row), o.Stride, o.Weights, o.Columns);
            var second = EightDots(o.Row(row + GroupRows), o.Stride, o.Weights, o.Columns);
            z = TLanes.Fold16(first, second);
        }
        else
        {
            Span<float> stack = stackalloc float[Lane.Count];
            var sums = Floats.OnStack(stack);
            z = count >= GroupRows
                ? TLanes.Fold16(EightDots(o.Row(row), o.Stride, o.Weights, o.Columns), TLanes.Zero)
                : TLanes.Zero;
            TLanes.Store(z, sums);
            for (var i = count >= GroupRows ? GroupRows : 0; i < count; i++)
                sums[i] = TLanes.Fold(Dot(o.Row(row + i), o.Weights, o.Columns));
            z = TLanes.Load(sums);
        }

        return o.HasIntercept ? TLanes.Add(z, TLanes.Broadcast(o.Intercept)) : z;
    }

    /// <summary>g += Xᵀr for <paramref name="count"/> rows: one partial sum a column for every eight of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddScaled(in Operands o, nint row, int count, TLanes r, Floats gradient)
    {
        Span<float> stack = stackalloc float[Lane.Count];
        var residuals = Floats.OnStack(stack);
        TLanes.Store(r, residuals);
        for (var done = 0; done < count; done += GroupRows)
        {
            var group = Math.Min(GroupRows, count - done);
            if (group == GroupRows)
                AddEight(o.Row(row + done), o.Stride, residuals.At(done), gradient, o.Columns);
            else
                AddFew(o.Row(row + done), o.Stride, residuals.At(done), group, gradient, o.Columns);
            if (o.HasIntercept)
                gradient[o.Columns] += SumInOrder(residuals.At(done), group);
        }
    }

    /// <summary>Eight rows' dot products folded to two lanes each, as <see cref="ILanes{TSelf}.Fold16"/> takes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes EightDots(Floats x, nint stride, Floats w, int columns)
    {
        if (TLanes.EightRowsAtOnce)
            return EightDotsAtOnce(x, stride, w, columns);
        return TLanes.Fold8(
            FourDots(x, 2 * stride, w, columns),
            FourDots(x.At(stride), 2 * stride, w, columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TLanes EightDotsAtOnce(Floats x, nint stride, Floats w, int columns)
    {
        var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
        var (x4, x5, x6, x7) = (x.At(4 * stride), x.At(5 * stride), x.At(6 * stride), x.At(7 * stride));
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (a4, a5, a6, a7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);

        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            var wj = TLanes.Load(w.At(j));
            TLanes.MultiplyAdd(ref a0, wj, x0.At(j));
            TLanes.MultiplyAdd(ref a1, wj, x1.At(j));
            TLanes.MultiplyAdd(ref a2, wj, x2.At(j));
            TLanes.MultiplyAdd(ref a3, wj, x3.At(j));
            TLanes.MultiplyAdd(ref a4, wj, x4.At(j));
            TLanes.MultiplyAdd(ref a5, wj, x5.At(j));
            TLanes.MultiplyAdd(ref a6, wj, x6.At(j));
            TLanes.MultiplyAdd(ref a7, wj, x7.At(j));
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

        return TLanes.Fold8(TLanes.Fold4(a0, a2, a4, a6), TLanes.Fold4(a1, a3, a5, a7));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TLanes FourDots(Floats x, nint stride, Floats w, int columns)
    {
        var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);

        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            var wj = TLanes.Load(w.At(j));
            TLanes.MultiplyAdd(ref a0, wj, x0.At(j));
            TLanes.MultiplyAdd(ref a1, wj, x1.At(j));
            TLanes.MultiplyAdd(ref a2, wj, x2.At(j));
            TLanes.MultiplyAdd(ref a3, wj, x3.At(j));
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TLanes Dot(Floats x, Floats w, int columns)
    {
        var a = TLanes.Zero;
        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x.At(j));
        var tail = (int)(columns - j);
        return tail > 0
            ? TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(j), tail), TLanes.LoadFirst(w.At(j), tail), a)
            : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddEight(Floats x, nint stride, Floats r, Floats g, int columns)
    {
        var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
        var (x4, x5, x6, x7) = (x.At(4 * stride), x.At(5 * stride), x.At(6 * stride), x.At(7 * stride));
        var (r0, r1, r2, r3) = (TLanes.Broadcast(r[0]), TLanes.Broadcast(r[1]), TLanes.Broadcast(r[2]), TLanes.Broadcast(r[3]));
        var (r4, r5, r6, r7) = (TLanes.Broadcast(r[4]), TLanes.Broadcast(r[5]), TLanes.Broadcast(r[6]), TLanes.Broadcast(r[7]));

        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            var c = TLanes.Multiply(r0, TLanes.Load(x0.At(j)));
            TLanes.MultiplyAdd(ref c, r1, x1.At(j));
            TLanes.MultiplyAdd(ref c, r2, x2.At(j));
            TLanes.MultiplyAdd(ref c, r3, x3.At(j));
            TLanes.MultiplyAdd(ref c, r4, x4.At(j));
            TLanes.MultiplyAdd(ref c, r5, x5.At(j));
            TLanes.MultiplyAdd(ref c, r6, x6.At(j));
            TLanes.MultiplyAdd(ref c, r7, x7.At(j));
            TLanes.Store(TLanes.Add(TLanes.Load(g.At(j)), c), g.At(j));
        }

        var tail = (int)(columns - j);
        if (tail > 0)
        {
            var c = TLanes.Multiply(r0, TLanes.LoadFirst(x0.At(j), tail));
            c = TLanes.MultiplyAdd(r1, TLanes.LoadFirst(x1.At(j), tail), c);
            c = TLanes.MultiplyAdd(r2, TLanes.LoadFirst(x2.At(j), tail), c);
            c = TLanes.MultiplyAdd(r3, TLanes.LoadFirst(x3.At(j), tail), c);
            c = TLanes.MultiplyAdd(r4, TLanes.LoadFirst(x4.At(j), tail), c);
            c = TLanes.MultiplyAdd(r5, TLanes.LoadFirst(x5.At(j), tail), c);
            c = TLanes.MultiplyAdd(r6, TLanes.LoadFirst(x6.At(j), tail), c);
            c = TLanes.MultiplyAdd(r7, TLanes.LoadFirst(x7.At(j), tail), c);
            TLanes.StoreFirst(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), g.At(j), tail);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddFew(Floats x, nint stride, Floats r, int rows, Floats g, int columns)
    {
        nint j = 0;
        for (; j < columns; j += Lane.Count)
        {
            var width = (int)Math.Min(Lane.Count, columns - j);
            var c = TLanes.Multiply(TLanes.Broadcast(r[0]), TLanes.LoadFirst(x.At(j), width));
            for (var i = 1; i < rows; i++)
                c = TLanes.MultiplyAdd(TLanes.Broadcast(r[i]), TLanes.LoadFirst(x.At((i * stride) + j), width), c);
            TLanes.StoreFirst(TLanes.Add(TLanes.LoadFirst(g.At(j), width), c), g.At(j), width);
        }
    }

    // The intercept's column of ones: fma(r, 1, c) = c + r.
    private static float SumInOrder(Floats r, int rows)
    {
        var c = r[0];
        for (var i = 1; i < rows; i++)
            c += r[i];
        return c;
    }
}
