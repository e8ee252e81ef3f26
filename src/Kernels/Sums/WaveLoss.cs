using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>The loss of a wave: blocks in their order.</summary>
internal struct WaveLoss<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    internal RowCounts Counts;
    private readonly int _rows;
    private SliceTree<TLanes> _tree;
    private int _skippedBefore;

    /// <param name="rows">All rows.</param>
    /// <param name="state">Room for the loss so far.</param>
    internal WaveLoss(int rows, Floats state) => (_rows, State, _tree) = (rows, state, new(rows, 0, default));

    internal static nint Floats => LinkBlock<TLanes, TLink>.StateFloats;

    internal Floats State { get; }

    /// <summary>The sums of the slice, once its last block is there.</summary>
    internal Totals Slice { get; private set; }

    /// <summary>Residuals and loss of a block whose margins are there; returns the rows left out.</summary>
    internal RowMask Add(in Pipeline<TLanes, TLink> pipeline, in Part part, in RowRange rows)
    {
        if (part.SliceRow == 0)
        {
            LinkBlock<TLanes, TLink>.Start(State);
            _skippedBefore = Counts.Skipped;
        }

        var leftOut = pipeline.LinkOf(rows, part.SliceRow, ref Counts);
        if (part.EndsSlice(_rows))
        {
            Slice = LinkBlock<TLanes, TLink>.Finish(State, part.SliceRow + part.Rows - (Counts.Skipped - _skippedBefore));
            _tree.Add(Slice, default);
        }

        return leftOut;
    }

    internal readonly Totals Finish(in Operands o) => _tree.Total(o.Reduction, default);
}
