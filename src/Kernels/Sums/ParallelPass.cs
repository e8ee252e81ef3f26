using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>The fused pass on several threads, as its workers share it out.</summary>
internal static class ParallelPass<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Writes ∇J to <paramref name="gradient"/> when all of it is computed, and returns J.</summary>
    internal static Totals Gradient(in Operands o, Floats gradient, in Workers workers, ref RowCounts counts) =>
        workers.Sharing == Sharing.Wave
            ? WaveJob<TLanes, TLink>.Run(o, gradient, workers, ref counts)
            : ChunksJob<TLanes, TLink>.Gradient(o, gradient, workers, ref counts);

    /// <summary>J alone.</summary>
    internal static Totals Loss(in Operands o, in Workers workers, ref RowCounts counts) =>
        workers.Sharing == Sharing.Wave
            ? WaveJob<TLanes, TLink>.Run(o, default, workers, ref counts)
            : ChunksJob<TLanes, TLink>.Loss(o, workers, ref counts);
}
