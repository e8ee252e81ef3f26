using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>
/// Rows of any length, four or eight side by side, by a loop over the columns: their margins, the gradient's share of such rows, or both.
/// </summary>
/// <remarks>
/// <para>A group of four rows has four dots, a₀…a₃ += w·x₀…x₃, and four shares, g += ((r₀x₀ + r₁x₁) + r₂x₂) +
/// r₃x₃ (ARITHMETIC.md, 1 and 4). All shapes of a tile are these two, once or twice, so each gives the bits of
/// <see cref="AnyRows{TLanes, TTerm}"/> and
/// <see cref="Row{TLanes}"/>.</para>
/// <para>Both in one loop: while the rows ahead come from L2 or L3 there is work on those behind, which are in L1; and nothing waits for
/// the link, whose residuals are used later than it takes to compute them.</para>
/// <para>Rows may overlap, and the floats before and after them are not touched. The gradient may not overlap anything.</para>
/// </remarks>
internal static class Tile<TLanes, TWork, TRows, TChains>
    where TLanes : struct, ILanes<TLanes>
    where TWork : struct, IWork
    where TRows : struct, ITileRows
    where TChains : struct, IChains
{
    private const int Group = Contract.GroupRows;

    // Columns that four chains take at once.
    private const int Unroll = 4 * Lane.Count;

    /// <summary>A multiple of four or of eight rows, the first of them the first of a group or of two.</summary>
    /// <param name="block">The rows whose margins are wanted, or, without margins, those whose share is.</param>
    /// <param name="v">What the work needs of it.</param>
    /// <param name="sink">Takes the margins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Run<TPrefetch, TLag, TSink>(in Block block, in Vectors v, ref TSink sink)
        where TPrefetch : struct, IPrefetch
        where TLag : struct, ILag
        where TSink : struct, ISink<TLanes>
    {
        var (x, stride, columns, lag, end) = (block.X, block.Stride, block.Columns, v.Lag, block.End);
        var (w, g) = (v.Weights, v.Gradient);
        nint last = columns - Lane.Count;

        // Few addresses and three offsets, which the registers hold.
        var (one, two, three) = (stride, 2 * stride, 3 * stride);
        var (quarter, half) = (TLanes.Zero, TLanes.Zero);
        for (var row = block.Row; row < end; row += Rows, x = x.At(Rows * stride))
        {
            var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (b0, b1, b2, b3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (d0, d1, d2, d3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (r0, r1, r2, r3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (r4, r5, r6, r7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (xa, xb, ya, yb, next) = (x, x, x, x, x);
            if (typeof(TRows) == typeof(EightRows))
                xb = x.At(Group * stride);
            if (typeof(TWork) != typeof(Margins))
            {
                var r = v.Residuals.At((row - lag) & Ring.Mask);
                TLanes.BroadcastFour(r, out r0, out r1, out r2, out r3);
                ya = x.At(-lag * stride);
                if (typeof(TRows) == typeof(EightRows))
                {
                    TLanes.BroadcastFour(r.At(Group), out r4, out r5, out r6, out r7);
                    yb = x.At((Group - lag) * stride);
                }
            }

            nint j = 0;
            if (typeof(TChains) == typeof(FourChains))
            {
                for (; j <= columns - Unroll; j += Unroll)
                {
                    if (typeof(TPrefetch) != typeof(NoPrefetch))
                        next = Ask<TPrefetch>(Ask<TPrefetch>(Ask<TPrefetch>(Ask<TPrefetch>(next))));
                    Dots(ref a0, ref a1, ref a2, ref a3, TLanes.Load(w.At(j)), xa, one, two, three);
                    Share(r0, r1, r2, r3, ya, one, two, three, g.At(j));
                    (xa, ya) = (xa.At(Lane.Count), ya.At(Lane.Count));
                    Dots(ref b0, ref b1, ref b2, ref b3, TLanes.Load(w.At(j + Lane.Count)), xa, one, two, three);
                    Share(r0, r1, r2, r3, ya, one, two, three, g.At(j + Lane.Count));
                    (xa, ya) = (xa.At(Lane.Count), ya.At(Lane.Count));
                    Dots(ref c0, ref c1, ref c2, ref c3, TLanes.Load(w.At(j + (2 * Lane.Count))), xa, one, two, three);
                    Share(r0, r1, r2, r3, ya, one, two, three, g.At(j + (2 * Lane.Count)));
                    (xa, ya) = (xa.At(Lane.Count), ya.At(Lane.Count));
                    Dots(ref d0, ref d1, ref d2, ref d3, TLanes.Load(w.At(j + (3 * Lane.Count))), xa, one, two, three);
                    Share(r0, r1, r2, r3, ya, one, two, three, g.At(j + (3 * Lane.Count)));
                    (xa, ya) = (xa.At(Lane.Count), ya.At(Lane.Count));
                }
            }

            for (; j <= last; j += Lane.Count)
            {
                if (typeof(TPrefetch) != typeof(NoPrefetch))
                    next = Ask<TPrefetch>(next);
                if (typeof(TWork) != typeof(Gradient))
                {
                    var wj = TLanes.Load(w.At(j));
                    Dots(ref a0, ref a1, ref a2, ref a3, wj, xa, one, two, three);
                    if (typeof(TRows) == typeof(EightRows))
                        Dots(ref b0, ref b1, ref b2, ref b3, wj, xb, one, two, three);
                }

                if (typeof(TRows) == typeof(EightRows))
                    TwoShares(r0, r1, r2, r3, r4, r5, r6, r7, ya, yb, one, two, three, g.At(j));
                else
                    Share(r0, r1, r2, r3, ya, one, two, three, g.At(j));
                (xa, ya) = (xa.At(Lane.Count), ya.At(Lane.Count));
                if (typeof(TRows) == typeof(EightRows))
                    (xb, yb) = (xb.At(Lane.Count), yb.At(Lane.Count));
                if (typeof(TChains) == typeof(FourChains))
                {
                    // A vector to each chain in turn: which of the four has which name does not matter to their sum. The vectors of +0 that
                    // ARITHMETIC.md has after them could only turn a sum of −0 into +0, and no result shows the sign of a margin of 0.
                    (a0, b0, c0, d0) = (b0, c0, d0, a0);
                    (a1, b1, c1, d1) = (b1, c1, d1, a1);
                    (a2, b2, c2, d2) = (b2, c2, d2, a2);
                    (a3, b3, c3, d3) = (b3, c3, d3, a3);
                }
            }

            var tail = (int)(columns - j);
            if (tail > 0)
            {
                if (typeof(TWork) != typeof(Gradient))
                {
                    var wj = TLanes.LoadFirst(w.At(j), tail);
                    FirstDots(ref a0, ref a1, ref a2, ref a3, wj, xa, one, two, three, tail);
                    if (typeof(TRows) == typeof(EightRows))
                        FirstDots(ref b0, ref b1, ref b2, ref b3, wj, xb, one, two, three, tail);
                }

                if (typeof(TWork) != typeof(Margins))
                {
                    var sum = TLanes.Add(TLanes.LoadFirst(g.At(j), tail), FirstTerms(r0, r1, r2, r3, ya, one, two, three, tail));
                    if (typeof(TRows) == typeof(EightRows))
                        sum = TLanes.Add(sum, FirstTerms(r4, r5, r6, r7, yb, one, two, three, tail));
                    TLanes.StoreFirst(sum, g.At(j), tail);
                }
            }

            if (typeof(TWork) == typeof(Gradient))
                continue;
            TLanes eight;
            if (typeof(TRows) == typeof(EightRows))
            {
                eight = TLanes.Fold8(TLanes.Fold4(a0, a1, a2, a3), TLanes.Fold4(b0, b1, b2, b3));
            }
            else
            {
                var four = typeof(TChains) == typeof(OneChain)
                    ? TLanes.Fold4(a0, a1, a2, a3)
                    : TLanes.Fold4(Sum(a0, b0, c0, d0), Sum(a1, b1, c1, d1), Sum(a2, b2, c2, d2), Sum(a3, b3, c3, d3));
                if (typeof(TLag) == typeof(FewerThanSixteen) && (row & (Lane.Count - Group)) != Lane.Count - Group)
                    Early(four, row, ref sink);
                if ((row & Group) == 0)
                {
                    quarter = four;
                    continue;
                }

                eight = TLanes.Fold8(quarter, four);
            }

            if ((row & (2 * Group)) == 0)
            {
                half = eight;
                if (typeof(TLag) == typeof(FewerThanSixteen) && typeof(TRows) == typeof(EightRows))
                    sink.Early(TLanes.Fold16(eight, eight), row, 2 * Group);
                continue;
            }

            sink.Sixteen(TLanes.Fold16(half, eight), row & -Lane.Count);
        }

        if (typeof(TWork) == typeof(Margins) && end % Lane.Count != 0)
            End(quarter, half, end, ref sink);
    }

    private static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(TRows) == typeof(EightRows) ? 2 * Group : Group;
    }

    // Rows that are not all of sixteen; their lanes are those that they would have among them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TSink>(TLanes quarter, TLanes half, int end, ref TSink sink)
        where TSink : struct, ISink<TLanes>
    {
        if ((end & Group) == 0)
            sink.Sixteen(TLanes.Fold16(half, TLanes.Zero), end & -Lane.Count);
        else if ((end & (2 * Group)) == 0)
            sink.Sixteen(TLanes.Fold16(TLanes.Fold8(quarter, TLanes.Zero), TLanes.Zero), end & -Lane.Count);
        else
            sink.Sixteen(TLanes.Fold16(half, TLanes.Fold8(quarter, TLanes.Zero)), end & -Lane.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Early<TSink>(TLanes four, int row, ref TSink sink)
        where TSink : struct, ISink<TLanes>
    {
        var eight = TLanes.Fold8(four, four);
        sink.Early(TLanes.Fold16(eight, eight), row, Group);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum(TLanes a, TLanes b, TLanes c, TLanes d) => TLanes.Add(TLanes.Add(a, c), TLanes.Add(b, d));

    // As many lines as the rows have of a vector, in the order of memory: it answers one stream faster than several.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats Ask<TPrefetch>(Floats x)
        where TPrefetch : struct, IPrefetch
    {
        TPrefetch.Ask(x);
        TPrefetch.Ask(x.At(Lane.Count));
        TPrefetch.Ask(x.At(2 * Lane.Count));
        TPrefetch.Ask(x.At(3 * Lane.Count));
        if (typeof(TRows) == typeof(FourRows))
            return x.At(4 * Lane.Count);
        TPrefetch.Ask(x.At(4 * Lane.Count));
        TPrefetch.Ask(x.At(5 * Lane.Count));
        TPrefetch.Ask(x.At(6 * Lane.Count));
        TPrefetch.Ask(x.At(7 * Lane.Count));
        return x.At(8 * Lane.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dots(
        ref TLanes a0, ref TLanes a1, ref TLanes a2, ref TLanes a3, TLanes w, Floats x, nint one, nint two, nint three)
    {
        TLanes.MultiplyAdd(ref a0, w, x);
        TLanes.MultiplyAdd(ref a1, w, x, one);
        TLanes.MultiplyAdd(ref a2, w, x, two);
        TLanes.MultiplyAdd(ref a3, w, x, three);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FirstDots(
        ref TLanes a0, ref TLanes a1, ref TLanes a2, ref TLanes a3, TLanes w, Floats x, nint one, nint two, nint three, int lanes)
    {
        a0 = TLanes.MultiplyAdd(TLanes.LoadFirst(x, lanes), w, a0);
        a1 = TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(one), lanes), w, a1);
        a2 = TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(two), lanes), w, a2);
        a3 = TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(three), lanes), w, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Share(TLanes r0, TLanes r1, TLanes r2, TLanes r3, Floats y, nint one, nint two, nint three, Floats g)
    {
        if (typeof(TWork) != typeof(Margins))
            TLanes.Store(TLanes.Add(TLanes.Load(g), Terms(r0, r1, r2, r3, y, one, two, three)), g);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoShares(
        TLanes r0, TLanes r1, TLanes r2, TLanes r3, TLanes r4, TLanes r5, TLanes r6, TLanes r7, Floats y, Floats z, nint one,
        nint two, nint three, Floats g)
    {
        if (typeof(TWork) == typeof(Margins))
            return;
        var first = Terms(r0, r1, r2, r3, y, one, two, three);
        var second = Terms(r4, r5, r6, r7, z, one, two, three);
        TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Load(g), first), second), g);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Terms(TLanes r0, TLanes r1, TLanes r2, TLanes r3, Floats y, nint one, nint two, nint three)
    {
        var c = TLanes.Multiply(r0, TLanes.Load(y));
        TLanes.MultiplyAdd(ref c, r1, y, one);
        TLanes.MultiplyAdd(ref c, r2, y, two);
        TLanes.MultiplyAdd(ref c, r3, y, three);
        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FirstTerms(TLanes r0, TLanes r1, TLanes r2, TLanes r3, Floats y, nint one, nint two, nint three, int lanes)
    {
        var c = TLanes.Multiply(r0, TLanes.LoadFirst(y, lanes));
        c = TLanes.MultiplyAdd(r1, TLanes.LoadFirst(y.At(one), lanes), c);
        c = TLanes.MultiplyAdd(r2, TLanes.LoadFirst(y.At(two), lanes), c);
        return TLanes.MultiplyAdd(r3, TLanes.LoadFirst(y.At(three), lanes), c);
    }
}
