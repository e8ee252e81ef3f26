using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The link on the blocks of a slice: from margins to residuals and loss. A type of its own, so that the link's constants do not compete with the accumulators for registers.</summary>
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
    /// r[l + i] = μ(z[l + i]) − y[i] for <paramref name="count"/> rows, the first of them row <paramref name="row"/> of its slice, which
    /// is lane l = row mod 16; where l is not 0, the rows end in the same vector, and y[−l] is readable. z and r are whole vectors.
    /// </summary>
    internal static void Residuals(Floats z, Floats y, Floats s, Floats r, int row, int count, Floats state)
    {
        var lane = row % Lane.Count;
        var whole = lane == 0 ? count & -Lane.Count : 0;
        if (whole > 0)
            Whole(z, y, s, r, row, whole, state);
        if (whole < count)
            Part(z.At(whole), y.At(whole), s.At(whole), r.At(whole), row + whole, count - whole, state);
    }

    /// <summary>Residuals and loss of sixteen rows, the first of them row <paramref name="sliceRow"/> of its slice, a multiple of sixteen, from their x·w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Sixteen(in Operands o, TLanes z, nint row, int sliceRow, Floats r, Floats state)
    {
        z = Margins(o, z, row, Lane.Count);
        LossBatch<TLanes> batch = default;
        LossSum<TLanes> sum = default;
        if (TLink.HasLogPart)
            batch = LossBatch<TLanes>.Load(state);
        else
            sum = LossSum<TLanes>.Load(state.At(LossBatch<TLanes>.Size));
        TLanes.Store(TLink.Residual(z, TLanes.Load(o.Y.At(row)), default, ref batch, ref sum), r);
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

    /// <summary>The residuals of fewer rows than sixteen from their x·w, which lies at <paramref name="z"/> and becomes their margins; without their loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Few(in Operands o, Floats z, nint row, int count, Floats r)
    {
        var margins = Margins(o, TLanes.Load(z), row, count);
        TLanes.Store(margins, z);
        TLanes.Store(Residual(margins, TLanes.LoadFirst(o.Y.At(row), count)), r);
    }

    /// <summary>The residuals of up to sixteen rows, without their loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Residual(TLanes z, TLanes y) => Residual<WithoutLoss<TLink>>(z, y);

    // x·w with what the margins have beside it: the intercept, then the offset.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Margins(in Operands o, TLanes z, nint row, int count)
    {
        if (o.HasIntercept)
            z = TLanes.Add(z, TLanes.Broadcast(o.Intercept));
        return o.Offset.IsNull ? z : TLanes.Add(z, count == Lane.Count ? TLanes.Load(o.Offset.At(row)) : TLanes.LoadFirst(o.Offset.At(row), count));
    }

    // Multiples of sixteen rows from a multiple of sixteen on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Whole(Floats z, Floats y, Floats s, Floats r, int row, int count, Floats state)
    {
        var (batch, sum) = Load(state);
        for (var i = 0; i < count; i += Lane.Count)
        {
            var weights = TLink.HasSampleWeights ? TLanes.Load(s.At(i)) : default;
            TLanes.Store(TLink.Residual(TLanes.Load(z.At(i)), TLanes.Load(y.At(i)), weights, ref batch, ref sum), r.At(i));
            if (TLink.HasLogPart && (row + i + Lane.Count) % Contract.BatchRows == 0)
                sum.Add(ref batch);
        }

        Store(state, batch, sum);
    }

    // Fewer than sixteen rows, each in its lane; the other lanes are neutral.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Part(Floats z, Floats y, Floats s, Floats r, int row, int count, Floats state)
    {
        var first = row % Lane.Count;
        var end = first + count;
        var neutral = TLanes.Broadcast(TLink.NeutralMargin);
        var margins = TLanes.SelectFirst(first, neutral, TLanes.SelectFirst(end, TLanes.Load(z), neutral));

        // The targets before y[0] are those of earlier rows of the slice, which starts at a lane 0.
        var targets = TLanes.SelectFirst(first, TLanes.Zero, TLanes.LoadFirst(y.At(-first), end));
        var (batch, sum) = Load(state);
        var weights = TLink.HasSampleWeights ? TLanes.SelectFirst(first, TLanes.Zero, TLanes.LoadFirst(s.At(-first), end)) : default;
        TLanes.Store(TLink.Residual(margins, targets, weights, ref batch, ref sum), r);
        if (TLink.HasLogPart && (row + count) % Contract.BatchRows == 0)
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
