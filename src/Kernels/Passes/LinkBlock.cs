using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

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

    /// <summary>The loss of the slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static double Finish(Floats state)
    {
        var (batch, sum) = Load(state);
        if (TLink.HasLogPart)
            sum.Add(ref batch);
        return sum.Total<TLink>();
    }

    /// <summary>
    /// r[i] = μ(z[i]) − y[i] for <paramref name="count"/> rows, the first of them row <paramref name="row"/> of its slice.
    /// z and r have room for whole vectors.
    /// </summary>
    internal static void Residuals(Floats z, Floats y, Floats r, int row, int count, Floats state)
    {
        // Rows belong to lanes by their number in the slice.
        var lane = row % Lane.Count;
        if (lane != 0)
        {
            var part = Math.Min(Lane.Count - lane, count);
            Part(z, y, r, row, part, state);
            (z, y, r, row, count) = (z.At(part), y.At(part), r.At(part), row + part, count - part);
        }

        var whole = count & -Lane.Count;
        if (whole > 0)
            Whole(z, y, r, row, whole, state);
        if (whole < count)
            Part(z.At(whole), y.At(whole), r.At(whole), row + whole, count - whole, state);
    }

    // Multiples of sixteen rows from a multiple of sixteen on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Whole(Floats z, Floats y, Floats r, int row, int count, Floats state)
    {
        var (batch, sum) = Load(state);
        for (var i = 0; i < count; i += Lane.Count)
        {
            TLanes.Store(TLink.Residual(TLanes.Load(z.At(i)), TLanes.Load(y.At(i)), ref batch, ref sum), r.At(i));
            if (TLink.HasLogPart && (row + i + Lane.Count) % LossBatch<TLanes>.Rows == 0)
                sum.Add(ref batch);
        }

        Store(state, batch, sum);
    }

    // Fewer than sixteen rows, each in its lane; the other lanes are neutral.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Part(Floats z, Floats y, Floats r, int row, int count, Floats state)
    {
        Span<float> stack = stackalloc float[(3 * Lane.Count) - 1];
        var margins = Floats.OnStack(stack);
        var targets = margins.At(Lane.Count);
        var lane = row % Lane.Count;
        if (lane == 0)
        {
            TLanes.Store(TLanes.SelectFirst(count, TLanes.Load(z), TLanes.Broadcast(TLink.NeutralMargin)), margins);
            TLanes.Store(TLanes.LoadFirst(y, count), targets);
        }
        else
        {
            TLanes.Store(TLanes.Broadcast(TLink.NeutralMargin), margins);
            TLanes.Store(TLanes.Zero, targets);
            Copy(z, margins.At(lane), count);
            Copy(y, targets.At(lane), count);
        }

        var (batch, sum) = Load(state);
        TLanes.Store(TLink.Residual(TLanes.Load(margins), TLanes.Load(targets), ref batch, ref sum), margins);
        if (TLink.HasLogPart && (row + count) % LossBatch<TLanes>.Rows == 0)
            sum.Add(ref batch);
        Store(state, batch, sum);
        Copy(margins.At(lane), r, count);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(Floats source, Floats destination, int count)
    {
        for (var i = 0; i < count; i++)
            destination[i] = source[i];
    }
}
