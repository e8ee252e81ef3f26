using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Passes;

/// <summary>Work on validated, pinned operands that any width can run: the argument of <see cref="Call"/>.</summary>
internal interface IPass
{
    /// <summary>What its time is spent on.</summary>
    static abstract Question Question { get; }

    /// <summary>Floats of workspace for a problem of this size.</summary>
    static abstract nint Workspace(int rows, nint parameters);

    /// <summary>Runs the pass on the given width.</summary>
    static abstract Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>;
}
