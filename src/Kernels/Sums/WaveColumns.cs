using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>Some columns, one after the other.</summary>
internal readonly record struct ColumnRange(int First, int Count);

/// <summary>The gradient of some columns of a wave: blocks in their order.</summary>
internal struct WaveColumns<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly Operands _o;
    private readonly int _first;
    private readonly Floats _gradient;
    private SliceTree<TLanes> _tree;

    /// <param name="o">The operands of the pass.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="blockRows">Rows of a block, which lie in a near cache by now.</param>
    /// <param name="room">Room.</param>
    internal WaveColumns(in Operands o, ColumnRange columns, int blockRows, Floats room)
    {
        (_first, _gradient) = (columns.First, room);
        _o = o with
        {
            X = o.X.At(_first),
            Columns = columns.Count,
            HasIntercept = HasIntercept(o, columns),
            Plan = Planner<TLanes>.For(Question.Gradient, new(blockRows, columns.Count, o.Stride, o.X.At(_first))),
        };
        _tree = new(o.Rows, _o.Parameters, room.At(Lane.RoundUp(_o.Parameters)));
    }

    /// <summary>Floats of room: a gradient and a tree.</summary>
    internal static nint FloatsOf(in Operands o, ColumnRange columns)
    {
        var parameters = (nint)columns.Count + (HasIntercept(o, columns) ? 1 : 0);
        return checked(Lane.RoundUp(parameters) + Lane.RoundUp(SliceTree<TLanes>.Workspace(o.Rows, parameters)));
    }

    /// <summary>Adds the share of a block whose residuals are there; with the last of a slice, whose sums are given, the slice to the
    /// tree.</summary>
    internal void Add<TLink>(in Part part, in RowRange rows, in SliceBuffers buffers, RowMask leftOut, Totals slice)
        where TLink : struct, ILink
    {
        if (part.SliceRow == 0)
            _gradient.Clear(_o.Parameters);
        else
            Fetch();
        var view = _o.View(_gradient);
        new Pipeline<TLanes, TLink>(in _o, in part, in buffers, in view).Share(rows, leftOut);
        if (part.EndsSlice(_o.Rows))
            _tree.Add(slice, _gradient);
    }

    /// <summary>Writes these columns of the gradient.</summary>
    internal readonly void Finish(in Operands o, Floats gradient)
    {
        _tree.Total(o.Reduction, _gradient);
        _gradient.CopyTo(gradient.At(_first), _o.Parameters);
    }

    // The sums so far, which lie in another core's cache: all at once, or each line would be waited for.
    private readonly void Fetch()
    {
        for (nint j = 0; j < _o.Parameters; j += Lane.Count)
            _gradient.At(j).Prefetch();
    }

    private static bool HasIntercept(in Operands o, ColumnRange columns) => o.HasIntercept && columns.First + columns.Count == o.Columns;
}
