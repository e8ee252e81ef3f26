using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>J as the result.</summary>
internal readonly struct LossPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static Question Question => Question.Margins;

    public static nint Workspace(int rows, nint parameters) => 0;

    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes> =>
        Penalized<TLanes>(o, FusedPass<TLanes, TLink>.Loss(o, ref counts));

    public static Totals Run<TLanes>(in Operands o, in Workers workers, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes> =>
        Penalized<TLanes>(o, ParallelPass<TLanes, TLink>.Loss(o, workers, ref counts));

    private static Totals Penalized<TLanes>(in Operands o, Totals sums)
        where TLanes : struct, ILanes<TLanes> =>
        o.L2 == 0f ? sums : new(sums.Loss + Ridge.Of<TLanes>(o), sums.Weight);
}
