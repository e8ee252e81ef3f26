using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>
/// The two primitives for rows of one to four vectors: weights and gradient stay in registers, eight rows are written
/// out without a loop over columns, and their sums are folded by transposition.
/// </summary>
/// <remarks>
/// The gradient in registers is what counts: through memory, each group's sum would wait until the last one's was
/// stored and could be loaded again, some thirty cycles.
/// </remarks>
internal static class NarrowRows<TLanes, TVectors>
    where TLanes : struct, ILanes<TLanes>
    where TVectors : struct, IRowVectors
{
    private const int Eight = 8;

    /// <summary>The margins to <paramref name="result"/>, by weights; or the gradient's share to it, by residuals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<TAhead>(Floats x, nint stride, Floats factors, int columns, Floats result, int rows, bool add)
        where TAhead : struct, IAhead
    {
        if (add)
            AddScaled(x, stride, factors, result, columns, rows);
        else
            Margins<TAhead>(x, stride, factors, columns, result, rows);
    }

    /// <summary>z[i] = x_i·w for a multiple of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Margins<TAhead>(Floats x, nint stride, Floats w, int columns, Floats z, int rows)
        where TAhead : struct, IAhead
    {
        var tail = columns - ((TVectors.Count - 1) * Lane.Count);
        var (w0, w1, w2, w3) = (Load(w, 0, tail), Load(w, 1, tail), Load(w, 2, tail), Load(w, 3, tail));
        var first = TLanes.Zero;
        for (var i = 0; i < rows; i += Eight)
        {
            var x2 = x.At(2 * stride);
            var x4 = x.At(4 * stride);
            AskAhead<TAhead>(x, stride);
            AskAhead<TAhead>(x4, stride);
            var x6 = x4.At(2 * stride);
            var abcd = TLanes.Fold4(
                Dot(x, w0, w1, w2, w3, tail),
                Dot(x.At(stride), w0, w1, w2, w3, tail),
                Dot(x2, w0, w1, w2, w3, tail),
                Dot(x2.At(stride), w0, w1, w2, w3, tail));
            var efgh = TLanes.Fold4(
                Dot(x4, w0, w1, w2, w3, tail),
                Dot(x4.At(stride), w0, w1, w2, w3, tail),
                Dot(x6, w0, w1, w2, w3, tail),
                Dot(x6.At(stride), w0, w1, w2, w3, tail));
            var group = TLanes.Fold8(abcd, efgh);
            if ((i & Eight) != 0)
                TLanes.Store(TLanes.Fold16(first, group), z.At(i - Eight));
            first = group;
            x = x4.At(4 * stride);
        }

        if ((rows & Eight) != 0)
            TLanes.StoreFirst(TLanes.Fold16(first, TLanes.Zero), z.At(rows - Eight), Eight);
    }

    /// <summary>g += Xᵀr for whole groups of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddScaled(Floats x, nint stride, Floats r, Floats g, int columns, int rows)
    {
        var tail = columns - ((TVectors.Count - 1) * Lane.Count);
        var (g0, g1, g2, g3) = (Load(g, 0, tail), Load(g, 1, tail), Load(g, 2, tail), Load(g, 3, tail));
        for (var i = 0; i < rows; i += Contract.GroupRows)
        {
            Group(x, stride, r.At(i), ref g0, ref g1, ref g2, ref g3, tail);
            x = x.At(Contract.GroupRows * stride);
        }

        Store(g, 0, g0, tail);
        Store(g, 1, g1, tail);
        Store(g, 2, g2, tail);
        Store(g, 3, g3, tail);
    }

    /// <summary>Both in one loop, for a multiple of sixteen rows: z[i] = x_i·w, and g += Xᵀr for the rows <paramref name="back"/> floats before.</summary>
    /// <remarks>Four rows a turn, folded through <paramref name="sums"/>, room for four vectors: eight would be more locals than the JIT inlines.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void MarginsAndScaled<TAhead>(Floats x, nint stride, nint back, Floats w, int columns, Floats z, Floats sums, Floats r, Floats g, int rows)
        where TAhead : struct, IAhead
    {
        var tail = columns - ((TVectors.Count - 1) * Lane.Count);
        var (w0, w1, w2, w3) = (Load(w, 0, tail), Load(w, 1, tail), Load(w, 2, tail), Load(w, 3, tail));
        var (g0, g1, g2, g3) = (Load(g, 0, tail), Load(g, 1, tail), Load(g, 2, tail), Load(g, 3, tail));
        for (var i = 0; i < rows; i += Lane.Count)
        {
            for (var k = 0; k < Lane.Count; k += Contract.GroupRows)
            {
                var x2 = x.At(2 * stride);
                AskAhead<TAhead>(x, stride);
                TLanes.Store(
                    TLanes.Fold4(
                        Dot(x, w0, w1, w2, w3, tail),
                        Dot(x.At(stride), w0, w1, w2, w3, tail),
                        Dot(x2, w0, w1, w2, w3, tail),
                        Dot(x2.At(stride), w0, w1, w2, w3, tail)),
                    sums.At(k * Contract.GroupRows));
                Group(x.At(-back), stride, r.At(i + k), ref g0, ref g1, ref g2, ref g3, tail);
                x = x2.At(2 * stride);
            }

            TLanes.Store(
                TLanes.Fold16(
                    TLanes.Fold8(TLanes.Load(sums), TLanes.Load(sums.At(Lane.Count))),
                    TLanes.Fold8(TLanes.Load(sums.At(2 * Lane.Count)), TLanes.Load(sums.At(3 * Lane.Count)))),
                z.At(i));
        }

        Store(g, 0, g0, tail);
        Store(g, 1, g1, tail);
        Store(g, 2, g2, tail);
        Store(g, 3, g3, tail);
    }

    // The lines of four rows. The JIT would keep a loop around nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskAhead<TAhead>(Floats x, nint stride)
        where TAhead : struct, IAhead
    {
        if (typeof(TAhead) == typeof(NotAhead))
            return;
        for (nint j = 0; j < Contract.GroupRows * stride; j += Lane.Count)
            TAhead.Ask(x.At(j));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Dot(Floats x, TLanes w0, TLanes w1, TLanes w2, TLanes w3, int tail)
    {
        var a = TLanes.Zero;
        if (TVectors.Count > 1)
            TLanes.MultiplyAdd(ref a, w0, x);
        if (TVectors.Count > 2)
            TLanes.MultiplyAdd(ref a, w1, x, Lane.Count);
        if (TVectors.Count > 3)
            TLanes.MultiplyAdd(ref a, w2, x, 2 * Lane.Count);
        var w = TVectors.Count == 1 ? w0 : TVectors.Count == 2 ? w1 : TVectors.Count == 3 ? w2 : w3;
        if (!TVectors.Whole)
            return TLanes.MultiplyAdd(TLanes.LoadFirst(x.At((TVectors.Count - 1) * Lane.Count), tail), w, a);
        TLanes.MultiplyAdd(ref a, w, x, (TVectors.Count - 1) * Lane.Count);
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Group(Floats x, nint stride, Floats r, ref TLanes g0, ref TLanes g1, ref TLanes g2, ref TLanes g3, int tail)
    {
        // +0 + r·x rounds to r·x, but for the sign of a zero, which g + c loses.
        var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);
        Row(x, r0, ref c0, ref c1, ref c2, ref c3, tail);
        Row(x.At(stride), r1, ref c0, ref c1, ref c2, ref c3, tail);
        Row(x.At(2 * stride), r2, ref c0, ref c1, ref c2, ref c3, tail);
        Row(x.At(3 * stride), r3, ref c0, ref c1, ref c2, ref c3, tail);
        g0 = TLanes.Add(g0, c0);
        if (TVectors.Count > 1)
            g1 = TLanes.Add(g1, c1);
        if (TVectors.Count > 2)
            g2 = TLanes.Add(g2, c2);
        if (TVectors.Count > 3)
            g3 = TLanes.Add(g3, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(Floats x, TLanes factor, ref TLanes c0, ref TLanes c1, ref TLanes c2, ref TLanes c3, int tail)
    {
        if (TVectors.Count > 1)
            TLanes.MultiplyAdd(ref c0, factor, x);
        if (TVectors.Count > 2)
            TLanes.MultiplyAdd(ref c1, factor, x, Lane.Count);
        if (TVectors.Count > 3)
            TLanes.MultiplyAdd(ref c2, factor, x, 2 * Lane.Count);
        if (TVectors.Whole)
        {
            if (TVectors.Count == 1)
                TLanes.MultiplyAdd(ref c0, factor, x);
            else if (TVectors.Count == 2)
                TLanes.MultiplyAdd(ref c1, factor, x, Lane.Count);
            else if (TVectors.Count == 3)
                TLanes.MultiplyAdd(ref c2, factor, x, 2 * Lane.Count);
            else
                TLanes.MultiplyAdd(ref c3, factor, x, 3 * Lane.Count);
            return;
        }

        var last = TLanes.LoadFirst(x.At((TVectors.Count - 1) * Lane.Count), tail);
        if (TVectors.Count == 1)
            c0 = TLanes.MultiplyAdd(factor, last, c0);
        else if (TVectors.Count == 2)
            c1 = TLanes.MultiplyAdd(factor, last, c1);
        else if (TVectors.Count == 3)
            c2 = TLanes.MultiplyAdd(factor, last, c2);
        else
            c3 = TLanes.MultiplyAdd(factor, last, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load(Floats source, int k, int tail)
    {
        if (k >= TVectors.Count)
            return TLanes.Zero;
        return k == TVectors.Count - 1 && !TVectors.Whole ? TLanes.LoadFirst(source.At(k * Lane.Count), tail) : TLanes.Load(source.At(k * Lane.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Floats destination, int k, TLanes value, int tail)
    {
        if (k >= TVectors.Count)
            return;
        if (k == TVectors.Count - 1 && !TVectors.Whole)
            TLanes.StoreFirst(value, destination.At(k * Lane.Count), tail);
        else
            TLanes.Store(value, destination.At(k * Lane.Count));
    }
}
