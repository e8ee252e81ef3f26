using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>∇J to the output, J as the result.</summary>
internal readonly struct GradientPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static nint Workspace(int rows, nint parameters) => FusedPass<ScalarLanes, TLink>.Workspace(rows, parameters);

    public static Sums Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes> =>
        FusedPass<TLanes, TLink>.Gradient(o, o.Output, ref counts);

    public static Sums Run<TLanes>(in Operands o, ParallelOptions options, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes> =>
        ParallelPass<TLanes, TLink>.Gradient(o, o.Output, options, ref counts);
}
