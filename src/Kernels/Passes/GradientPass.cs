using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>∇J to the output, J as the result.</summary>
internal readonly struct GradientPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static nint Workspace(int rows, nint parameters) => FusedPass<ScalarLanes, TLink>.Workspace(rows, parameters);

    public static StepResult Run<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes> =>
        new(FusedPass<TLanes, TLink>.Gradient(o, o.Output), Applied: false);

    public static StepResult Run<TLanes>(in Operands o, ParallelOptions options)
        where TLanes : struct, ILanes<TLanes> =>
        new(ParallelPass<TLanes, TLink>.Gradient(o, o.Output, options), Applied: false);
}
