using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Margins of rows of more than <see cref="Contract.OneChainColumns"/> columns.</summary>
/// <remarks>The margin is summed in four vectors, so that one row alone is bound by its loads, not by the latency of its additions.</remarks>
internal static class LongMargins<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Rows that <see cref="SideBySide"/> takes at once.</summary>
    internal const int RowsAtOnce = 4;

    // Columns that the four vectors take at once.
    private const int Unroll = 4 * Lane.Count;

    /// <summary>z[i] = x_i·w, four rows side by side; the number of rows is a multiple of that.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void SideBySide(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
    {
        Span<float> stack = stackalloc float[((RowsAtOnce + 1) * Lane.Count) - 1];
        var sums = Floats.OnStack(stack);
        for (var i = 0; i < rows; i += RowsAtOnce)
        {
            FourDots(x.At(i * stride), stride, w, columns, sums);
            for (var k = 0; k < RowsAtOnce; k++)
                z[i + k] = TLanes.Fold(TLanes.Load(sums.At(k * Lane.Count)));
        }
    }

    /// <summary>The sixteen sums of one margin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Dot<TAhead>(Floats x, Floats w, int columns)
        where TAhead : struct, IAhead
    {
        var (a, b, c, d) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            TAhead.Ask(x.At(j));
            TAhead.Ask(x.At(j + Lane.Count));
            TAhead.Ask(x.At(j + (2 * Lane.Count)));
            TAhead.Ask(x.At(j + (3 * Lane.Count)));
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourDots(Floats x, nint stride, Floats w, int columns, Floats sums)
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

    // a + x·w on the first lanes; fma(0, 0, a) on the others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes First(TLanes a, Floats x, Floats w, int count)
    {
        var lanes = Math.Clamp(count, 0, Lane.Count);
        return TLanes.MultiplyAdd(TLanes.LoadFirst(x, lanes), TLanes.LoadFirst(w, lanes), a);
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
