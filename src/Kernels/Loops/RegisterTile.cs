using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>
/// Rows of one to four vectors: weights and gradient stay in registers, eight rows are written out without a loop over the columns, and
/// their sums are folded by transposition.
/// </summary>
/// <remarks>
/// The gradient in registers is what counts: through memory, each group's sum would wait until the last one's was stored and could be
/// loaded again, some thirty cycles. The link is not a sink here: with it inlined the JIT has no locals left, and a call would cost the
/// registers.
/// </remarks>
internal static class RegisterTile<TLanes, TVectors, TTail>
    where TLanes : struct, ILanes<TLanes>
    where TVectors : struct, IRowVectors
    where TTail : struct, ITail
{
    private const int Group = Contract.GroupRows;

    private const int Eight = 2 * Group;

    /// <summary>
    /// The margins of a multiple of eight rows, the first of them a multiple of eight; or the share of a multiple of four, the first of a
    /// group; or of a multiple of sixteen rows both.
    /// </summary>
    /// <param name="block">The rows whose margins are wanted, or, without margins, those whose share is.</param>
    /// <param name="v">What the work needs of it.</param>
    /// <param name="z">The ring of margins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Run<TWork, TPrefetch>(in Block block, in Vectors v, Floats z)
        where TWork : struct, IWork
        where TPrefetch : struct, IPrefetch
    {
        var (x, stride, row, end, lag, ring) = (block.X, block.Stride, block.Row, block.End, v.Lag, v.Residuals);
        var tail = block.Columns - ((Vectors - 1) * Lane.Count);
        var (w0, w1, w2, w3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (g0, g1, g2, g3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        if (typeof(TWork) != typeof(Gradient))
            (w0, w1, w2, w3) = (Load(v.Weights, 0, tail), Load(v.Weights, 1, tail), Load(v.Weights, 2, tail), Load(v.Weights, 3, tail));
        if (typeof(TWork) != typeof(Margins))
            (g0, g1, g2, g3) = (Load(v.Gradient, 0, tail), Load(v.Gradient, 1, tail), Load(v.Gradient, 2, tail), Load(v.Gradient, 3, tail));
        var y = x.At(-lag * stride);
        var (quarter, half) = (TLanes.Zero, TLanes.Zero);
        for (; row < end; row += typeof(TWork) == typeof(Margins) ? Eight : Group)
        {
            // Eight rows written out for margins alone; with the gradient four, for which the JIT has locals (README.md, the first law).
            var eight = TLanes.Zero;
            if (typeof(TWork) != typeof(Gradient))
            {
                Ask<TPrefetch>(x, stride);
                eight = FourDots(x, stride, w0, w1, w2, w3, tail);
            }

            if (typeof(TWork) != typeof(Margins))
                Share(y, stride, ring.At((row - lag) & Ring.Mask), ref g0, ref g1, ref g2, ref g3, tail);
            x = x.At(Group * stride);
            y = y.At(Group * stride);
            if (typeof(TWork) == typeof(Gradient))
                continue;
            if (typeof(TWork) == typeof(Margins))
            {
                Ask<TPrefetch>(x, stride);
                eight = TLanes.Fold8(eight, FourDots(x, stride, w0, w1, w2, w3, tail));
                x = x.At(Group * stride);
            }
            else if ((row & Group) == 0)
            {
                quarter = eight;
                continue;
            }
            else
            {
                eight = TLanes.Fold8(quarter, eight);
            }

            if ((row & Eight) != 0)
                TLanes.Store(TLanes.Fold16(half, eight), z.At(row & Ring.Mask & -Lane.Count));
            half = eight;
        }

        if (typeof(TWork) == typeof(Margins) && (row & Eight) != 0)
            TLanes.Store(TLanes.Fold16(half, TLanes.Zero), z.At((row - Eight) & Ring.Mask));
        if (typeof(TWork) == typeof(Margins))
            return;
        Store(v.Gradient, 0, g0, tail);
        Store(v.Gradient, 1, g1, tail);
        Store(v.Gradient, 2, g2, tail);
        Store(v.Gradient, 3, g3, tail);
    }

    private static int Vectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(TVectors) == typeof(One) ? 1 : typeof(TVectors) == typeof(Two) ? 2 : typeof(TVectors) == typeof(Three) ? 3 : 4;
    }

    // The lines of four rows. The JIT would keep a loop around nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask<TPrefetch>(Floats x, nint stride)
        where TPrefetch : struct, IPrefetch
    {
        if (typeof(TPrefetch) == typeof(NoPrefetch))
            return;
        for (nint j = 0; j < Group * stride; j += Lane.Count)
            TPrefetch.Ask(x.At(j));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FourDots(Floats x, nint stride, TLanes w0, TLanes w1, TLanes w2, TLanes w3, int tail)
    {
        var x2 = x.At(2 * stride);
        return TLanes.Fold4(
            Dot(x, w0, w1, w2, w3, tail),
            Dot(x.At(stride), w0, w1, w2, w3, tail),
            Dot(x2, w0, w1, w2, w3, tail),
            Dot(x2.At(stride), w0, w1, w2, w3, tail));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Dot(Floats x, TLanes w0, TLanes w1, TLanes w2, TLanes w3, int tail)
    {
        var a = TLanes.Zero;
        if (typeof(TVectors) == typeof(One))
            return LastTerm(a, w0, x, 0, tail);
        TLanes.MultiplyAdd(ref a, w0, x);
        if (typeof(TVectors) == typeof(Two))
            return LastTerm(a, w1, x, Lane.Count, tail);
        TLanes.MultiplyAdd(ref a, w1, x, Lane.Count);
        if (typeof(TVectors) == typeof(Three))
            return LastTerm(a, w2, x, 2 * Lane.Count, tail);
        TLanes.MultiplyAdd(ref a, w2, x, 2 * Lane.Count);
        return LastTerm(a, w3, x, 3 * Lane.Count, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Share(Floats x, nint stride, Floats r, ref TLanes g0, ref TLanes g1, ref TLanes g2, ref TLanes g3, int tail)
    {
        // +0 + r·x rounds to r·x, but for the sign of a zero, which g + c loses.
        var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);
        Terms(x, r0, ref c0, ref c1, ref c2, ref c3, tail);
        Terms(x.At(stride), r1, ref c0, ref c1, ref c2, ref c3, tail);
        Terms(x.At(2 * stride), r2, ref c0, ref c1, ref c2, ref c3, tail);
        Terms(x.At(3 * stride), r3, ref c0, ref c1, ref c2, ref c3, tail);
        g0 = TLanes.Add(g0, c0);
        if (typeof(TVectors) == typeof(One))
            return;
        g1 = TLanes.Add(g1, c1);
        if (typeof(TVectors) == typeof(Two))
            return;
        g2 = TLanes.Add(g2, c2);
        if (typeof(TVectors) == typeof(Three))
            return;
        g3 = TLanes.Add(g3, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Terms(Floats x, TLanes factor, ref TLanes c0, ref TLanes c1, ref TLanes c2, ref TLanes c3, int tail)
    {
        if (typeof(TVectors) == typeof(One))
        {
            c0 = LastTerm(c0, factor, x, 0, tail);
            return;
        }

        TLanes.MultiplyAdd(ref c0, factor, x);
        if (typeof(TVectors) == typeof(Two))
        {
            c1 = LastTerm(c1, factor, x, Lane.Count, tail);
            return;
        }

        TLanes.MultiplyAdd(ref c1, factor, x, Lane.Count);
        if (typeof(TVectors) == typeof(Three))
        {
            c2 = LastTerm(c2, factor, x, 2 * Lane.Count, tail);
            return;
        }

        TLanes.MultiplyAdd(ref c2, factor, x, 2 * Lane.Count);
        c3 = LastTerm(c3, factor, x, 3 * Lane.Count, tail);
    }

    // sum + factor · the last vector of the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LastTerm(TLanes sum, TLanes factor, Floats x, nint at, int tail)
    {
        if (typeof(TTail) == typeof(PartialTail))
            return TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(at), tail), factor, sum);
        TLanes.MultiplyAdd(ref sum, factor, x, at);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load(Floats source, int k, int tail)
    {
        if (k >= Vectors)
            return TLanes.Zero;
        return k == Vectors - 1 && typeof(TTail) == typeof(PartialTail)
            ? TLanes.LoadFirst(source.At(k * Lane.Count), tail)
            : TLanes.Load(source.At(k * Lane.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Floats destination, int k, TLanes value, int tail)
    {
        if (k >= Vectors)
            return;
        if (k == Vectors - 1 && typeof(TTail) == typeof(PartialTail))
            TLanes.StoreFirst(value, destination.At(k * Lane.Count), tail);
        else
            TLanes.Store(value, destination.At(k * Lane.Count));
    }
}
