using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>One row after the other, of any length: its margin, and its share of the gradient.</summary>
/// <remarks>Memory answers one stream at the speed of a plain read; eight rows side by side read it at a third of that speed.</remarks>
internal static class Row<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private const int Eight = 8;

    // Columns that a turn of a loop takes: in one chain or in four.
    private const int Unroll = 4 * Lane.Count;

    /// <summary>The margins of any number of rows to their ring.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Margins<TChains, TPrefetch>(in Block block, Floats w, Floats z)
        where TChains : struct, IChains
        where TPrefetch : struct, IPrefetch
    {
        Span<float> stack = stackalloc float[(Eight * Lane.Count) + Lane.Count - 1];
        var sums = Floats.OnStack(stack);
        var (x, stride, columns, row, end) = (block.X, block.Stride, block.Columns, block.Row, block.End);
        var half = TLanes.Zero;
        for (; row <= end - Eight && row % Eight == 0; row += Eight)
        {
            for (var k = 0; k < Eight; k++, x = x.At(stride))
                TLanes.Store(Dot<TChains, TPrefetch>(x, w, columns), sums.At(k * Lane.Count));
            var eight = TLanes.Fold8(
                TLanes.Fold4(Sum(sums, 0), Sum(sums, 1), Sum(sums, 2), Sum(sums, 3)),
                TLanes.Fold4(Sum(sums, 4), Sum(sums, 5), Sum(sums, 6), Sum(sums, 7)));
            if ((row & Eight) == 0)
                half = eight;
            else
                TLanes.Store(TLanes.Fold16(half, eight), z.At((row - Eight) & Ring.Mask));
        }

        if ((row & Eight) != 0 && row > block.Row)
            TLanes.Store(TLanes.Fold16(half, TLanes.Zero), z.At((row - Eight) & Ring.Mask));
        for (; row < end; row++, x = x.At(stride))
            z[row & Ring.Mask] = TLanes.Fold(Dot<TChains, TPrefetch>(x, w, columns));
    }

    /// <summary>The sixteen sums of one margin (ARITHMETIC.md, 1), in as many chains as its columns say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Dot(Floats x, Floats w, int columns) =>
        columns <= Contract.OneChainColumns ? Dot<OneChain, NoPrefetch>(x, w, columns) : Dot<FourChains, NoPrefetch>(x, w, columns);

    /// <summary>The same where the chains are known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Dot<TChains, TPrefetch>(Floats x, Floats w, int columns)
        where TChains : struct, IChains
        where TPrefetch : struct, IPrefetch =>
        // In one text with branches on TChains the JIT spilled the gradient's locals of OneRow, and called where a helper was shared.
        typeof(TChains) == typeof(OneChain) ? DotOfOneChain<TPrefetch>(x, w, columns) : DotOfFourChains<TPrefetch>(x, w, columns);

    /// <summary>c = r·x for the first row of a group, c = fma(r, x, c) for the others, g += c with the last one; c lies in memory between
    /// them.</summary>
    /// <param name="x">The row.</param>
    /// <param name="r">Its residual, in all lanes.</param>
    /// <param name="partial">c: room for as many whole vectors as a row has.</param>
    /// <param name="g">The gradient.</param>
    /// <param name="columns">Columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Share<TPlace, TPrefetch>(Floats x, TLanes r, Floats partial, Floats g, int columns)
        where TPlace : struct, IPlace
        where TPrefetch : struct, IPrefetch
    {
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            ShareOf<TPlace, TPrefetch>(x.At(j), r, partial.At(j), g.At(j));
            ShareOf<TPlace, TPrefetch>(x.At(j + Lane.Count), r, partial.At(j + Lane.Count), g.At(j + Lane.Count));
            ShareOf<TPlace, TPrefetch>(x.At(j + (2 * Lane.Count)), r, partial.At(j + (2 * Lane.Count)), g.At(j + (2 * Lane.Count)));
            ShareOf<TPlace, TPrefetch>(x.At(j + (3 * Lane.Count)), r, partial.At(j + (3 * Lane.Count)), g.At(j + (3 * Lane.Count)));
        }

        for (; j <= columns - Lane.Count; j += Lane.Count)
            ShareOf<TPlace, TPrefetch>(x.At(j), r, partial.At(j), g.At(j));
        var tail = (int)(columns - j);
        if (tail == 0)
            return;
        TPrefetch.Ask(x.At(j));
        var last = TLanes.LoadFirst(x.At(j), tail);
        var c = typeof(TPlace) == typeof(FirstOfGroup) ? TLanes.Multiply(r, last) : TLanes.MultiplyAdd(r, last, TLanes.Load(partial.At(j)));
        if (typeof(TPlace) == typeof(LastOfGroup))
            TLanes.StoreFirst(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), g.At(j), tail);
        else
            TLanes.Store(c, partial.At(j));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ShareOf<TPlace, TPrefetch>(Floats x, TLanes r, Floats partial, Floats g)
        where TPlace : struct, IPlace
        where TPrefetch : struct, IPrefetch
    {
        TPrefetch.Ask(x);
        TLanes c;
        if (typeof(TPlace) == typeof(FirstOfGroup))
        {
            c = TLanes.Multiply(r, TLanes.Load(x));
        }
        else
        {
            c = TLanes.Load(partial);
            TLanes.MultiplyAdd(ref c, r, x);
        }

        if (typeof(TPlace) == typeof(LastOfGroup))
            TLanes.Store(TLanes.Add(TLanes.Load(g), c), g);
        else
            TLanes.Store(c, partial);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes DotOfOneChain<TPrefetch>(Floats x, Floats w, int columns)
        where TPrefetch : struct, IPrefetch
    {
        var a = TLanes.Zero;
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            AskFour<TPrefetch>(x.At(j));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + Lane.Count)), x, j + Lane.Count);
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + (2 * Lane.Count))), x, j + (2 * Lane.Count));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j + (3 * Lane.Count))), x, j + (3 * Lane.Count));
        }

        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            TPrefetch.Ask(x.At(j));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
        }

        TPrefetch.Ask(x.At(j));
        var tail = (int)(columns - j);
        return tail > 0 ? TLanes.MultiplyAdd(TLanes.LoadFirst(x.At(j), tail), TLanes.LoadFirst(w.At(j), tail), a) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes DotOfFourChains<TPrefetch>(Floats x, Floats w, int columns)
        where TPrefetch : struct, IPrefetch
    {
        var (a, b, c, d) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            AskFour<TPrefetch>(x.At(j));
            TLanes.MultiplyAdd(ref a, TLanes.Load(w.At(j)), x, j);
            TLanes.MultiplyAdd(ref b, TLanes.Load(w.At(j + Lane.Count)), x, j + Lane.Count);
            TLanes.MultiplyAdd(ref c, TLanes.Load(w.At(j + (2 * Lane.Count))), x, j + (2 * Lane.Count));
            TLanes.MultiplyAdd(ref d, TLanes.Load(w.At(j + (3 * Lane.Count))), x, j + (3 * Lane.Count));
        }

        var rest = (int)(columns - j);
        if (rest > 0)
        {
            a = AddFirst(a, x.At(j), w.At(j), rest);
            b = AddFirst(b, x.At(j + Lane.Count), w.At(j + Lane.Count), rest - Lane.Count);
            c = AddFirst(c, x.At(j + (2 * Lane.Count)), w.At(j + (2 * Lane.Count)), rest - (2 * Lane.Count));
            d = AddFirst(d, x.At(j + (3 * Lane.Count)), w.At(j + (3 * Lane.Count)), rest - (3 * Lane.Count));
        }

        return TLanes.Add(TLanes.Add(a, c), TLanes.Add(b, d));
    }

    // a + x·w on the first lanes; fma(0, 0, a) on the others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes AddFirst(TLanes a, Floats x, Floats w, int count)
    {
        var lanes = Math.Clamp(count, 0, Lane.Count);
        return TLanes.MultiplyAdd(TLanes.LoadFirst(x, lanes), TLanes.LoadFirst(w, lanes), a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskFour<TPrefetch>(Floats x)
        where TPrefetch : struct, IPrefetch
    {
        TPrefetch.Ask(x);
        TPrefetch.Ask(x.At(Lane.Count));
        TPrefetch.Ask(x.At(2 * Lane.Count));
        TPrefetch.Ask(x.At(3 * Lane.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum(Floats sums, int row) => TLanes.Load(sums.At(row * Lane.Count));
}
