using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The loop over the blocks of a slice, or of some of its rows.</summary>
internal static class SliceBlocks<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Floats of buffers that <see cref="Add"/> needs: margins, residuals, and targets and weights of its own.</summary>
    internal const int BufferFloats = 4 * Regime.MostRows;

    /// <summary>Adds rows to a slice: their gradient to <paramref name="gradient"/>, their loss to <paramref name="state"/>.</summary>
    /// <param name="o">The operands.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice.</param>
    /// <param name="rows">How many.</param>
    /// <param name="buffers"><see cref="BufferFloats"/>.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="open">Where the rows are a part of one group, its partial sum.</param>
    /// <param name="gradient">The gradient so far.</param>
    /// <param name="counts">Counts on.</param>
    /// <param name="gradientToo">Whether the gradient is wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(
        in Operands o, nint firstRow, int sliceRow, int rows, Floats buffers, Floats state, PartialGroup open, Floats gradient, ref RowCounts counts, bool gradientToo)
    {
        var done = rows > Regime.FewRows ? AddMany(o, firstRow, sliceRow, rows, buffers, state, open, gradient, ref counts, gradientToo) : 0;
        AddBlocks(o, firstRow, sliceRow, done, rows, buffers, state, open, gradient, ref counts, gradientToo);
    }

    // Returns how many of the rows have been added: what is worth its while for many of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int AddMany(
        in Operands o, nint firstRow, int sliceRow, int rows, Floats buffers, Floats state, PartialGroup open, Floats gradient, ref RowCounts counts, bool gradientToo)
    {
        var done = 0;
        if (gradientToo && TLink.Targets == RowTargets.Given && sliceRow % Lane.Count == 0 && !o.SelectsRows)
            done = AddWithoutBlocks(o, firstRow, sliceRow, rows, buffers, state, gradient);
        var lead = rows - done > Regime.FewRows ? Regime.BlockLeadOf(o.AllRows, o.Columns, o.X.Lead(o.Stride), TLanes.ManyRegisters, gradientToo) : 0;
        if (lead <= 0)
            return done;
        AddLeading(o, lead, firstRow, sliceRow, done, rows, buffers, state, open, gradient, ref counts, gradientToo);
        return rows;
    }

    // Of all rows as many as are a multiple of sixteen, or none, or those before a margin that is not finite.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int AddWithoutBlocks(in Operands o, nint firstRow, int sliceRow, int rows, Floats buffers, Floats state, Floats gradient)
    {
        var (z, r) = (buffers, buffers.At(Regime.MostRows));
        var whole = rows & -Lane.Count;
        var lead = o.X.Lead(o.Stride);
        var lag = Regime.LagOf(o.AllRows, o.Columns, o.Stride, lead, TLanes.ManyRegisters);
        lead = Regime.LeadOf(o.Columns, lead);
        if (Regime.Of(o.AllRows, o.Columns, TLanes.ManyRegisters).RowByRow)
            RowByRow<TLanes, TLink>.Add(o, firstRow, sliceRow, whole, z, r, state, gradient);
        else if (lag == 0 || rows < Regime.LeastLags * lag)
            return 0;
        else if (o.Columns > Contract.OneChainColumns)
            return InterleavedLongRows<TLanes, TLink>.Add(o, firstRow, sliceRow, whole, lead, z, r, state, gradient);
        else if (o.Columns > Regime.NarrowColumns)
            return InterleavedRows<TLanes, TLink>.Add(o, firstRow, sliceRow, whole, lag, lead, z, r, state, gradient);
        else
            InterleavedNarrowRows<TLanes, TLink>.Add(o, firstRow, sliceRow, whole, lag, z, r, state, gradient);
        return whole;
    }

    // Rows count as starting where their lines do; weights and gradient are copied with as many floats before them.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddLeading(
        in Operands o, int lead, nint firstRow, int sliceRow, int done, int rows, Floats buffers, Floats state, PartialGroup open, Floats gradient, ref RowCounts counts, bool gradientToo)
    {
        const int Room = Regime.LeadingColumns + Lane.Count;
        Span<float> stack = stackalloc float[(2 * Room) + Lane.Count - 1];
        var w = Floats.OnStack(stack);
        var g = w.At(Room);
        RowBlock<TLanes>.CopyWithLead(o.Weights, o.Columns, lead, w);
        var leading = o;
        (leading.Lead, leading.LeadingWeights) = (lead, w);
        if (gradientToo)
            RowBlock<TLanes>.CopyWithLead(gradient, o.Parameters, lead, g);
        AddBlocks(leading, firstRow, sliceRow, done, rows, buffers, state, open, g.At(lead), ref counts, gradientToo);
        if (gradientToo)
            g.At(lead).CopyTo(gradient, o.Parameters);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBlocks(
        in Operands o, nint firstRow, int sliceRow, int done, int rows, Floats buffers, Floats state, PartialGroup open, Floats gradient, ref RowCounts counts, bool gradientToo)
    {
        var (z, r) = (buffers, buffers.At(Regime.MostRows));
        var regime = Regime.Of(o.AllRows, o.Columns, TLanes.ManyRegisters);
        for (int count; done < rows; done += count)
        {
            var lane = (sliceRow + done) % Lane.Count; // of blocks smaller than a vector
            count = Math.Min(regime.BlockRows, rows - done);
            if (o.Lead > 0 && firstRow + done == 0)
                count = Math.Min(count, Lane.Count); // with the first row of all, before which nothing is read
            if (lane != 0)
                count = Math.Min(count, Lane.Count - lane); // blocks that start inside a vector end in it
            RowBlock<TLanes>.Margins(o, gradientToo ? regime.Order : regime.OrderAlone, firstRow + done, count, z.At(lane));
            var (y, s) = (o.Y.At(firstRow + done), o.SampleWeights.At(firstRow + done));
            var (ownTargets, ownWeights) = (r.At(Regime.MostRows + lane), r.At((2 * Regime.MostRows) + lane));
            if (done < lane)
            {
                // What lies before the first target is not the caller's.
                y = Copy(y, TLink.Targets == RowTargets.Given ? count : 0, ownTargets);
                s = Copy(s, TLink.HasSampleWeights ? count : 0, ownWeights);
            }

            if (TLink.Targets != RowTargets.Given)
            {
                y = ownTargets;
                SetTargets(o, regime.Order, firstRow + done, count, y);
            }

            var leftOut = default(RowMask);
            if (o.SelectsRows && !RowSelection<TLanes, TLink>.IsPlain(o, firstRow + done, count, z.At(lane), s))
            {
                leftOut = RowSelection<TLanes, TLink>.Apply(o, firstRow + done, count, z.At(lane), y, s, ownTargets, ownWeights, ref counts.Skipped);
                (y, s) = (ownTargets, ownWeights);
            }

            LinkBlock<TLanes, TLink>.Residuals(z, y, s, r, sliceRow + done, count, state);
            if (!gradientToo)
                continue;
            if (TLink.Targets == RowTargets.Ones)
                RowBlock<TLanes>.AddGroups<Squared>(o, firstRow + done, count, r.At(lane), leftOut, open, gradient);
            else if (!leftOut.IsEmpty || !open.IsNone)
                RowBlock<TLanes>.AddGroups<Linear>(o, firstRow + done, count, r.At(lane), leftOut, open, gradient);
            else
                RowBlock<TLanes>.AddScaled(o, firstRow + done, count, r.At(lane), gradient);
        }
    }

    private static Floats Copy(Floats source, int count, Floats destination)
    {
        source.CopyTo(destination, count);
        return destination;
    }

    private static void SetTargets(in Operands o, MarginOrder order, nint row, int count, Floats targets)
    {
        if (TLink.Targets == RowTargets.MarginsAlongDirection)
        {
            var along = o;
            (along.Weights, along.Offset, along.Lead) = (o.Direction, default, 0);
            RowBlock<TLanes>.Margins(along, order, row, count, targets);
            return;
        }

        for (var i = 0; i < count; i++)
            targets[i] = 1f;
    }
}
