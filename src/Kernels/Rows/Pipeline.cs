using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// The driver of all passes that have a link: rows of a slice, in the stages margins, link and share of the gradient, one after the other
/// for each block of rows, or, where the plan has a lag, with a share some rows behind the margins in one loop.
/// </summary>
/// <remarks>Whatever the plan: the operations on a row, and the order of the rows in every sum, are those of ARITHMETIC.md.</remarks>
internal readonly ref partial struct Pipeline<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    private readonly ref readonly Operands _o;
    private readonly ref readonly Part _part;
    private readonly ref readonly SliceBuffers _buffers;
    private readonly ref readonly RowView _view;

    internal Pipeline(ref readonly Operands o, ref readonly Part part, ref readonly SliceBuffers buffers, ref readonly RowView view)
    {
        _o = ref o;
        _part = ref part;
        _buffers = ref buffers;
        _view = ref view;
    }

    private bool HasGradient
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !_view.Gradient.IsNull;
    }

    /// <summary>Adds rows to a slice: their share to the gradient, if there is one, their loss to the loss so far.</summary>
    /// <param name="o">The operands.</param>
    /// <param name="part">The rows.</param>
    /// <param name="buffers">Room, and the loss so far.</param>
    /// <param name="gradient">The gradient so far; null for the loss alone.</param>
    /// <param name="counts">Counts on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(in Operands o, in Part part, in SliceBuffers buffers, Floats gradient, ref RowCounts counts)
    {
        var view = o.View(gradient);
        if (part.Rows <= RowPlan.FewRows)
            new Pipeline<TLanes, TLink>(in o, in part, in buffers, ref view).AddBlocks(0, part.Rows, ref counts);
        else
            AddMany(o, part, buffers, view, ref counts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddMany(in Operands o, in Part part, in SliceBuffers buffers, in RowView view, ref RowCounts counts)
    {
        var rows = new Pipeline<TLanes, TLink>(in o, in part, in buffers, in view);
        if (!o.Plan.CopiesVectors)
        {
            rows.AddManyBlocks(rows.AddTogether(0), part.Rows, ref counts);
            return;
        }

        // Nothing is read before the first row of all.
        var lead = o.Plan.LeadOf(o.X, o.Stride);
        var plain = lead > 0 && part.FirstRow == 0 ? Lane.Count : 0;
        if (plain > 0)
            rows.AddManyBlocks(0, plain, ref counts);
        if (lead > 0 || o.Plan.Lag > 1)
            AddLinedUp(o, part, buffers, view.Gradient, plain, lead, ref counts);
        else
            rows.AddManyBlocks(0, part.Rows, ref counts);
    }

    // Rows count as starting where their lines do; weights and gradient are copied with as many floats before them. The vectors of the
    // loops are then whole lines.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddLinedUp(
        in Operands o, in Part part, in SliceBuffers buffers, Floats gradient, int from, int lead, ref RowCounts counts)
    {
        const int Room = RowPlan.MostColumnsOnStack + Lane.Count;
        Span<float> stack = stackalloc float[(2 * Room) + Lane.Count - 1];
        var w = Floats.OnStack(stack);
        var g = w.At(Room);
        var view = o.View(gradient).LinedUp<TLanes>(lead, w, o.Parameters, g);
        var rows = new Pipeline<TLanes, TLink>(in o, in part, in buffers, ref view);
        rows.AddManyBlocks(rows.AddTogether(from), part.Rows, ref counts);
        if (!gradient.IsNull)
            g.At(lead).CopyTo(gradient, o.Parameters);
    }

    // The same in a method of its own, which is called once for many rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddManyBlocks(int from, int end, ref RowCounts counts) => AddBlocks(from, end, ref counts);

    // Block after block; from is a multiple of sixteen, or 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddBlocks(int from, int end, ref RowCounts counts)
    {
        for (int i = from, count; i < end; i += count)
        {
            var lane = (_part.SliceRow + i) & (Lane.Count - 1); // of blocks smaller than a vector
            count = Math.Min(_o.Plan.BlockRows, end - i);
            if (lane != 0)
                count = Math.Min(count, Lane.Count - lane); // blocks that start inside a vector end in it
            var rows = new RowRange(_part.FirstRow + i, lane, count);
            var leftOut = Residuals(rows, _part.SliceRow + i, ref counts);
            if (HasGradient)
                Share(rows, leftOut);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RowRange Range(int number, int count) => new(_part.FirstRow + number, number, count);

    // The stage of the margins, intercept and offset with it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Margins(in RowRange rows, in RowPlan plan)
    {
        Stages<TLanes>.Margins(_view, plan, rows, _buffers.Margins);
        MarginShift<TLanes>.Add(_o, rows, _buffers.Margins);
    }

    // The stage of the link, for rows whose targets are the caller's and of which none is left out.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Link(in RowRange rows)
    {
        LinkBlock<TLanes, TLink>.Residuals(_buffers, _o.Y.At(rows.Row), default, rows.Number, _part.SliceRow + rows.Number, rows.Count);
        ShareOfIntercept(rows);
    }

    // Margins and link of a block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RowMask Residuals(in RowRange rows, int sliceRow, ref RowCounts counts)
    {
        Prepare(rows, _o.Plan);
        return LinkOf(rows, sliceRow, ref counts);
    }

    /// <summary>What of a block depends on no other: its margins, and what stands in the place of its targets. The number of the rows is
    /// their lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Prepare(in RowRange rows, in RowPlan plan)
    {
        Margins(rows, plan);
        if (TLink.Targets != RowTargets.Given)
            SetTargets(_o, _view, _buffers, rows);
    }

    /// <summary>The link on a block whose margins are there, whatever is special about its rows; returns those that are left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RowMask LinkOf(in RowRange rows, int sliceRow, ref RowCounts counts)
    {
        var (lane, z) = (rows.Number, _buffers.Margins.At(rows.Number));
        var (y, s) = (_o.Y.At(rows.Row), _o.SampleWeights.At(rows.Row));
        var (ownTargets, ownWeights) = (_buffers.Targets.At(lane), _buffers.SampleWeights.At(lane));
        if (sliceRow - _part.SliceRow < lane)
        {
            // What lies before the first target is not the caller's.
            y = TLink.Targets == RowTargets.Given ? Copy(y, rows.Count, ownTargets) : ownTargets;
            s = Copy(s, TLink.HasSampleWeights ? rows.Count : 0, ownWeights);
        }

        if (TLink.Targets != RowTargets.Given)
            y = ownTargets;

        var leftOut = default(RowMask);
        if (_o.SelectsRows && !RowSelection<TLanes, TLink>.IsPlain(_o, rows, z, s))
        {
            leftOut = RowSelection<TLanes, TLink>.Apply(_o, rows, _buffers, y, s, ref counts.Skipped);
            (y, s) = (ownTargets, ownWeights);
        }

        LinkBlock<TLanes, TLink>.Residuals(_buffers, y, s, lane, sliceRow, rows.Count);
        return leftOut;
    }

    // What stands in the place of the targets, where it is not they.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SetTargets(in Operands o, in RowView view, in SliceBuffers buffers, in RowRange rows)
    {
        if (TLink.Targets == RowTargets.MarginsAlongDirection)
        {
            var along = view.Plain();
            along.Weights = o.Direction;
            Stages<TLanes>.Margins(along, o.Plan, rows, buffers.Targets);
            if (o.HasIntercept)
                MarginShift<TLanes>.AddIntercept(o.Direction[o.Columns], rows, buffers.Targets);
            return;
        }

        var ones = buffers.Targets;
        for (var i = 0; i < rows.Count; i++)
            ones[rows.Number + i] = 1f;
    }

    /// <summary>The stage of the gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Share(in RowRange rows, RowMask leftOut)
    {
        if (TLink.Targets == RowTargets.Ones)
        {
            ShareByGroups<Squared>(_o, _part.Group, _view, _buffers.Residuals, rows, leftOut);
            return;
        }

        if (!leftOut.IsEmpty || !_part.Group.IsNone)
        {
            ShareByGroups<Linear>(_o, _part.Group, _view, _buffers.Residuals, rows, leftOut);
            return;
        }

        var whole = rows.Count & -Contract.GroupRows;
        if (whole > 0)
            ShareOfGroups(new(rows.Row, rows.Number, whole));
        if (whole < rows.Count)
        {
            var rest = _view.Block(new(rows.Row + whole, rows.Number + whole, rows.Count - whole));
            AnyRows<TLanes, Linear>.Add(rest, _buffers.Residuals, leftOut: 0, default, _view.Gradient);
        }

        ShareOfIntercept(rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ShareOfGroups(in RowRange rows)
    {
        if (rows.Count > 0)
            Stages<TLanes>.Share(_view, _o.Plan, rows, _buffers.Residuals);
    }

    // The same by groups one at a time, which may leave out rows, or be a part of one that goes on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ShareByGroups<TTerm>(
        in Operands o, PartialGroup group, in RowView view, Floats r, in RowRange rows, RowMask leftOut)
        where TTerm : struct, IColumnTerm
    {
        for (var i = 0; i < rows.Count; i += Contract.GroupRows)
        {
            var some = new RowRange(rows.Row + i, rows.Number + i, Math.Min(Contract.GroupRows, rows.Count - i));
            AnyRows<TLanes, TTerm>.Add(view.Block(some), r, leftOut.From(i), group, view.Gradient);
            if (o.HasIntercept)
                AnyRows<TLanes, TTerm>.AddOnes(r.At(some.Number), some.Count, group, view.Gradient, view.Columns);
        }
    }

    // g[d] += Σ r, by groups.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ShareOfIntercept(in RowRange rows)
    {
        if (_o.HasIntercept)
            InterceptShare.Add(_buffers.Residuals, rows, _view.Gradient.At(_view.Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats Copy(Floats source, int count, Floats destination)
    {
        source.CopyTo(destination, count);
        return destination;
    }
}
