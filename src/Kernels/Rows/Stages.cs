using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The stages of a pass over rows, by the loop that their plan names. The one place that makes type arguments of a plan.</summary>
internal static class Stages<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // Rows of more columns do not leave L2 room for a second use: their share begins with the last columns, which the margins have read
    // last.
    private const int VeryLongColumns = 24576;

    private const int VeryLongParts = 16;

    /// <summary>z = X·w of some rows to their ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Margins(in RowView view, in RowPlan plan, in RowRange rows, Floats z)
    {
        if (plan.Prefetch == 0)
            Margins<NoPrefetch>(view, plan, rows, z);
        else
            MarginsWithPrefetch(view, plan, rows, z);
        if (view.Lead > 0)
            Recheck(view, rows, z);
    }

    /// <summary>g += Xᵀr of whole groups of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Share(in RowView view, in RowPlan plan, in RowRange rows, Floats r)
    {
        var v = new Vectors { Residuals = r, Gradient = view.Gradient };
        if (plan.Loop == Loop.Registers)
        {
            NarrowRows<TLanes>.Run<Gradient, NoPrefetch>(view.Block(rows), v, default);
            return;
        }

        if (view.Columns > VeryLongColumns)
        {
            ShareByParts(view, plan, rows, v);
            return;
        }

        if (plan.Prefetch == 0)
            Share<NoPrefetch>(view.Block(rows), v, plan);
        else
            Share<FarPrefetch>(view.Block(rows), v, plan);
    }

    /// <summary>The margins of narrow rows, and the share of as many rows, <see cref="RowPlan.Lag"/> before them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void TogetherInRegisters(in RowView view, in RowPlan plan, in RowRange rows, Floats r, Floats z)
    {
        var v = new Vectors { Weights = view.Weights, Residuals = r, Gradient = view.Gradient, Lag = plan.Lag };
        if (plan.Prefetch == 0)
            NarrowRows<TLanes>.Run<Both, NoPrefetch>(view.Block(rows), v, z);
        else
            NarrowRows<TLanes>.Run<Both, NearPrefetch>(view.Block(rows), v, z);
    }

    /// <summary>The same of wider ones; the sink takes the margins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Together<TLag, TSink>(in RowView view, in RowPlan plan, in RowRange rows, Floats r, ref TSink sink)
        where TLag : struct, ILag
        where TSink : struct, ISink<TLanes>
    {
        var v = new Vectors { Weights = view.Weights, Residuals = r, Gradient = view.Gradient, Lag = plan.Lag };
        if (plan.Prefetch == 0)
            Together<NoPrefetch, TLag, TSink>(view, view.Block(rows), v, ref sink);
        else
            Together<FarPrefetch, TLag, TSink>(view, view.Block(rows), v, ref sink);
    }

    /// <summary>Whether none is NaN or infinite: v − v is 0 for a finite v and NaN otherwise, and NaN survives every addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreFinite(TLanes margins) => TLanes.Fold(TLanes.Subtract(margins, margins)) == 0f;

    /// <summary>The margins of up to sixteen rows from where they start, in the first lanes.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static TLanes PlainMargins(in RowView view, nint row, int count)
    {
        Span<float> stack = stackalloc float[Ring.Rows + Lane.Count - 1];
        var z = Floats.OnStack(stack);
        TLanes.Store(TLanes.Zero, z);
        RowByRow<NoPrefetch>(view.Plain(), new(row, 0, count), z);
        return TLanes.Load(z);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MarginsWithPrefetch(in RowView view, in RowPlan plan, in RowRange rows, Floats z)
    {
        if (plan.Loop == Loop.Registers)
            Margins<NearPrefetch>(view, plan, rows, z);
        else
            Margins<FarPrefetch>(view, plan, rows, z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Margins<TPrefetch>(in RowView view, in RowPlan plan, in RowRange rows, Floats z)
        where TPrefetch : struct, IPrefetch
    {
        var done = plan.TileRows > 1 && (rows.Number & (plan.TileRows - 1)) == 0 ? rows.Count & -plan.TileRows : 0;
        var v = new Vectors { Weights = view.Weights };
        if (done > 0)
        {
            var block = view.Block(new(rows.Row, rows.Number, done));
            if (plan.Loop == Loop.Registers)
                NarrowRows<TLanes>.Run<Margins, TPrefetch>(block, v, z);
            else
                Tiles<TPrefetch>(view, plan, block, v, new(z));
        }

        if (done < rows.Count)
            RowByRow<TPrefetch>(view, new(rows.Row + done, rows.Number + done, rows.Count - done), z);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tiles<TPrefetch>(in RowView view, in RowPlan plan, in Block block, in Vectors v, MarginSink<TLanes> sink)
        where TPrefetch : struct, IPrefetch
    {
        if (plan.TileRows == 8)
            Tile<TLanes, Margins, EightRows, OneChain>.Run<TPrefetch, SixteenOrMore, MarginSink<TLanes>>(block, v, ref sink);
        else if (view.OwnColumns <= Contract.OneChainColumns)
            Tile<TLanes, Margins, FourRows, OneChain>.Run<TPrefetch, SixteenOrMore, MarginSink<TLanes>>(block, v, ref sink);
        else
            Tile<TLanes, Margins, FourRows, FourChains>.Run<TPrefetch, SixteenOrMore, MarginSink<TLanes>>(block, v, ref sink);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowByRow<TPrefetch>(in RowView view, in RowRange rows, Floats z)
        where TPrefetch : struct, IPrefetch
    {
        if (view.OwnColumns <= Contract.OneChainColumns)
            Row<TLanes>.Margins<OneChain, TPrefetch>(view.Block(rows), view.Weights, z);
        else
            Row<TLanes>.Margins<FourChains, TPrefetch>(view.Block(rows), view.Weights, z);
    }

    // 0 times what there is before a row is 0, unless that is not finite.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Recheck(in RowView view, in RowRange rows, Floats z)
    {
        for (int i = 0, count; i < rows.Count; i += count)
        {
            var lane = (rows.Number + i) % Lane.Count;
            count = Math.Min(Lane.Count - lane, rows.Count - i);
            var at = z.At((rows.Number + i) & Ring.Mask);
            if (!AreFinite(TLanes.LoadFirst(at, count)))
                TLanes.StoreFirst(PlainMargins(view, rows.Row + i, count), at, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Share<TPrefetch>(in Block block, in Vectors v, in RowPlan plan)
        where TPrefetch : struct, IPrefetch
    {
        var eights = plan.ShareRows == 8 ? block.Rows & -8 : 0;
        var none = default(MarginSink<TLanes>);
        if (eights > 0)
            Tile<TLanes, Gradient, EightRows, OneChain>.Run<TPrefetch, SixteenOrMore, MarginSink<TLanes>>(block.First(eights), v, ref none);
        if (eights < block.Rows)
            Tile<TLanes, Gradient, FourRows, OneChain>.Run<TPrefetch, SixteenOrMore, MarginSink<TLanes>>(block.From(eights), v, ref none);
    }

    // What the caches still hold of the last columns is not read again.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ShareByParts(in RowView view, in RowPlan plan, in RowRange rows, in Vectors v)
    {
        var part = view.Columns / VeryLongParts & -Lane.Count;
        for (var end = view.Columns; end > 0;)
        {
            var start = (end - 1) / part * part;
            var some = view with { X = view.X.At(start), Columns = end - start };
            Share<NoPrefetch>(some.Block(rows), v with { Gradient = v.Gradient.At(start) }, plan);
            end = start;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Together<TPrefetch, TLag, TSink>(in RowView view, in Block block, in Vectors v, ref TSink sink)
        where TPrefetch : struct, IPrefetch
        where TLag : struct, ILag
        where TSink : struct, ISink<TLanes>
    {
        if (view.OwnColumns <= Contract.OneChainColumns)
            Tile<TLanes, Both, EightRows, OneChain>.Run<TPrefetch, TLag, TSink>(block, v, ref sink);
        else
            Tile<TLanes, Both, FourRows, FourChains>.Run<TPrefetch, TLag, TSink>(block, v, ref sink);
    }
}
