using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>J as the result.</summary>
internal readonly struct LossPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static nint Workspace(int rows, nint parameters) => 0;

    public static StepResult Run<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes> =>
        new(FusedPass<TLanes, TLink>.Loss(o), Applied: false);

    public static StepResult Run<TLanes>(in Operands o, ParallelOptions options)
        where TLanes : struct, ILanes<TLanes> =>
        new(ParallelPass<TLanes, TLink>.Loss(o, options), Applied: false);
}
