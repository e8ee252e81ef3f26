using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>J as the result.</summary>
internal readonly struct LossPass<TLink> : IPass
    where TLink : struct, ILink
{
    public static nint Workspace(int rows, nint parameters) => 0;

    public static StepResult Run<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes> =>
        new(FusedPass<TLanes, TLink>.Loss(o), Applied: false);
}
