using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>A pass that can share out its rows to threads.</summary>
internal interface IParallelPass : IPass
{
    /// <summary>Runs the pass on several threads; nothing is written to outputs before all of it is computed.</summary>
    static abstract Totals Run<TLanes>(in Operands o, in Workers workers, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>;
}
