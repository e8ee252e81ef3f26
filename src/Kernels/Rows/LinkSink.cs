using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The link, at once, for margins that a tile hands over: their residuals to the ring, their loss to the loss so far.</summary>
/// <typeparam name="TLanes">Lanes.</typeparam>
/// <typeparam name="TLink">Link.</typeparam>
/// <typeparam name="TLag">Whether residuals are wanted before sixteen rows are there.</typeparam>
internal struct LinkSink<TLanes, TLink, TLag> : ISink<TLanes>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
    where TLag : struct, ILag
{
    private readonly RowView _view;
    private readonly nint _firstRow;
    private readonly int _sliceRow;
    private readonly Floats _y;
    private readonly Floats _offset;
    private readonly Floats _residuals;
    private readonly Floats _state;
    private readonly float _intercept;
    private readonly bool _hasIntercept;

    /// <param name="o">The operands.</param>
    /// <param name="view">X as the tile sees it.</param>
    /// <param name="part">The rows, of which number 0 is the first.</param>
    /// <param name="buffers">The ring of residuals, and the loss so far.</param>
    internal LinkSink(in Operands o, in RowView view, in Part part, in SliceBuffers buffers)
    {
        (_view, _firstRow, _sliceRow) = (view, part.FirstRow, part.SliceRow);
        (_y, _offset) = (o.Y.At(part.FirstRow), o.Offset.IsNull ? default : o.Offset.At(part.FirstRow));
        (_residuals, _state) = (buffers.Residuals, buffers.State);
        (_hasIntercept, _intercept) = (o.HasIntercept, o.Intercept);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Sixteen(TLanes margins, int row)
    {
        if (typeof(TLag) == typeof(FewerThanSixteen))
            Called(margins, row);
        else
            Inlined(margins, row);
    }

    /// <remarks>Their loss is taken with that of the sixteen. A call, as is then that: with the link in such a tile, the JIT has no locals
    /// left.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Early(TLanes margins, int row, int count)
    {
        if (_view.Lead > 0 && !Stages<TLanes>.AreFinite(margins))
            margins = Stages<TLanes>.PlainMargins(_view, _firstRow + row, count);
        if (_hasIntercept)
            margins = TLanes.Add(margins, TLanes.Broadcast(_intercept));
        if (!_offset.IsNull)
            margins = TLanes.Add(margins, TLanes.LoadFirst(_offset.At(row), count));
        TLanes.Store(LinkBlock<TLanes, TLink>.Residual(margins, TLanes.LoadFirst(_y.At(row), count)), _residuals.At(row & Ring.Mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Called(TLanes margins, int row) => Inlined(margins, row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Inlined(TLanes margins, int row)
    {
        if (_view.Lead > 0 && !Stages<TLanes>.AreFinite(margins))
            margins = Stages<TLanes>.PlainMargins(_view, _firstRow + row, Lane.Count);
        if (_hasIntercept)
            margins = TLanes.Add(margins, TLanes.Broadcast(_intercept));
        if (!_offset.IsNull)
            margins = TLanes.Add(margins, TLanes.Load(_offset.At(row)));
        LinkBlock<TLanes, TLink>.Sixteen(margins, TLanes.Load(_y.At(row)), _sliceRow + row, _residuals.At(row & Ring.Mask), _state);
    }
}
