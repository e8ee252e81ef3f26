using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The link on the blocks of a slice: from margins to residuals and loss. A type of its own, so that the link's constants do not
/// compete with the accumulators for registers.</summary>
/// <remarks>
/// The loss so far lies in memory between blocks, in whole and aligned vectors (<see cref="StateFloats"/>): anything that
/// is stored in other pieces than it is loaded in costs a wait for the store.
/// </remarks>
internal static class LinkBlock<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Floats of the loss so far, a whole number of vectors.</summary>
    internal const int StateFloats = 5 * Lane.Count;

    /// <summary>No rows yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Start(Floats state) => Store(state, default, LossSum<TLanes>.Empty);

    /// <summary>The loss of the slice, with the number of its rows or their weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static Totals Finish(Floats state, int rows)
    {
        var (batch, sum) = Load(state);
        if (TLink.HasLogPart)
            sum.Add(ref batch);
        return new(sum.Total<TLink>(), TLink.HasSampleWeights ? sum.TotalWeight() : rows);
    }

    /// <summary>
    /// r = μ(z) − y of some rows, and their loss. Where the first is not the first of sixteen, its number in the ring is in the same
    /// lane as its number in the slice, the rows end in the same vector, and as many targets lie before the first as lanes.
    /// </summary>
    /// <param name="b">Margins and residuals.</param>
    /// <param name="y">The targets of the rows.</param>
    /// <param name="s">Their weights.</param>
    /// <param name="number">The first row's number in the ring.</param>
    /// <param name="sliceRow">Its number in the slice.</param>
    /// <param name="count">Rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Residuals(in SliceBuffers b, Floats y, Floats s, int number, int sliceRow, int count)
    {
        var whole = sliceRow % Lane.Count == 0 ? count & -Lane.Count : 0;
        if (whole > 0)
            Whole(b, y, s, number, sliceRow, whole);
        if (whole < count)
            Part(b, y.At(whole), s.At(whole), number + whole, sliceRow + whole, count - whole);
    }

    /// <summary>Residuals and loss of sixteen rows from their margins.</summary>
    /// <param name="z">The margins.</param>
    /// <param name="y">The targets.</param>
    /// <param name="sliceRow">The first row's number in its slice, a multiple of sixteen.</param>
    /// <param name="r">Receives the residuals.</param>
    /// <param name="state">The loss so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Sixteen(TLanes z, TLanes y, int sliceRow, Floats r, Floats state)
    {
        LossBatch<TLanes> batch = default;
        LossSum<TLanes> sum = default;
        if (TLink.HasLogPart)
            batch = LossBatch<TLanes>.Load(state);
        else
            sum = LossSum<TLanes>.Load(state.At(LossBatch<TLanes>.Size));
        TLanes.Store(TLink.Residual(z, y, default, ref batch, ref sum), r);
        if (TLink.HasLogPart && (sliceRow + Lane.Count) % Contract.BatchRows == 0)
        {
            sum = LossSum<TLanes>.Load(state.At(LossBatch<TLanes>.Size));
            sum.Add(ref batch);
            sum.Store(state.At(LossBatch<TLanes>.Size));
        }

        if (TLink.HasLogPart)
            batch.Store(state);
        else
            sum.Store(state.At(LossBatch<TLanes>.Size));
    }

    /// <summary>The residuals of up to sixteen rows, without their loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Residual(TLanes z, TLanes y) => Residual<WithoutLoss<TLink>>(z, y);

    // Multiples of sixteen rows from a multiple of sixteen on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Whole(in SliceBuffers b, Floats y, Floats s, int number, int sliceRow, int count)
    {
        var (z, r, state) = (b.Margins, b.Residuals, b.State);
        var (batch, sum) = Load(state);
        for (var i = 0; i < count; i += Lane.Count)
        {
            var slot = (number + i) & Ring.Mask;
            var weights = TLink.HasSampleWeights ? TLanes.Load(s.At(i)) : default;
            TLanes.Store(TLink.Residual(TLanes.Load(z.At(slot)), TLanes.Load(y.At(i)), weights, ref batch, ref sum), r.At(slot));
            if (TLink.HasLogPart && (sliceRow + i + Lane.Count) % Contract.BatchRows == 0)
                sum.Add(ref batch);
        }

        Store(state, batch, sum);
    }

    // Fewer than sixteen rows, each in its lane; the other lanes are neutral.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Part(in SliceBuffers b, Floats y, Floats s, int number, int sliceRow, int count)
    {
        var (slot, state) = (number & Ring.Mask & -Lane.Count, b.State);
        var first = sliceRow % Lane.Count;
        var end = first + count;
        var neutral = TLanes.Broadcast(TLink.NeutralMargin);
        var margins = TLanes.SelectFirst(first, neutral, TLanes.SelectFirst(end, TLanes.Load(b.Margins.At(slot)), neutral));

        // The targets before y[0] are those of earlier rows of the slice, which starts at a lane 0.
        var targets = TLanes.SelectFirst(first, TLanes.Zero, TLanes.LoadFirst(y.At(-first), end));
        var (batch, sum) = Load(state);
        var weights = TLink.HasSampleWeights ? TLanes.SelectFirst(first, TLanes.Zero, TLanes.LoadFirst(s.At(-first), end)) : default;
        TLanes.Store(TLink.Residual(margins, targets, weights, ref batch, ref sum), b.Residuals.At(slot));
        if (TLink.HasLogPart && (sliceRow + count) % Contract.BatchRows == 0)
            sum.Add(ref batch);
        Store(state, batch, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Residual<T>(TLanes z, TLanes y)
        where T : struct, ILink
    {
        LossBatch<TLanes> batch = default;
        LossSum<TLanes> sum = default;
        return T.Residual(z, y, default, ref batch, ref sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (LossBatch<TLanes> Batch, LossSum<TLanes> Sum) Load(Floats state) =>
        (LossBatch<TLanes>.Load(state), LossSum<TLanes>.Load(state.At(LossBatch<TLanes>.Size)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Floats state, LossBatch<TLanes> batch, LossSum<TLanes> sum)
    {
        batch.Store(state);
        sum.Store(state.At(LossBatch<TLanes>.Size));
    }
}
