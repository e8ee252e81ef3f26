using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>∇J to the output, J as the result.</summary>
internal readonly struct GradientPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static Question Question => Question.Gradient;

    public static nint Workspace(int rows, nint parameters) => FusedPass<ScalarLanes, TLink>.Workspace(rows, parameters);

    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes> =>
        o.L2 == 0f
            ? FusedPass<TLanes, TLink>.Gradient(o, o.Output, ref counts)
            : Penalized<TLanes>(o, FusedPass<TLanes, TLink>.Gradient(o, o.Output, ref counts));

    public static Totals Run<TLanes>(in Operands o, in Workers workers, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes> =>
        Penalized<TLanes>(o, ParallelPass<TLanes, TLink>.Gradient(o, o.Output, workers, ref counts));

    private static Totals Penalized<TLanes>(in Operands o, Totals sums)
        where TLanes : struct, ILanes<TLanes>
    {
        if (o.L2 == 0f)
            return sums;
        if (TLink.Targets != RowTargets.Given)
        {
            Ridge.AddTo<TLanes>(o, o.Direction, o.Output);
            return sums;
        }

        Ridge.AddTo<TLanes>(o, o.Weights, o.Output);
        return new(sums.Loss + Ridge.Of<TLanes>(o), sums.Weight);
    }
}
