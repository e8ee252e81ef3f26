using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <content>Plans with a lag: margins of some rows and the share of others in one loop.</content>
internal readonly ref partial struct Pipeline<TLanes, TLink>
{
    // Rows of fewer lags go by blocks: the first and the last have nothing to go with.
    private const int LeastLags = 5;

    // Rows whose residuals are still in the ring, a lag later, when their intercept's share is taken.
    private const int TurnRows = 64;

    // Of the rows from one on as many as are a multiple of sixteen, or none; returns the end of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private int AddTogether(int from)
    {
        ref readonly var plan = ref _o.Plan;
        var end = from + ((_part.Rows - from) & -Lane.Count);
        if (plan.Lag == 0 || !HasGradient || TLink.Targets != RowTargets.Given || _o.SelectsRows || _part.SliceRow % Lane.Count != 0
            || end - from < LeastLags * plan.Lag)
            return from;
        if (plan.Lag == 1)
        {
            AddRowByRow(from, end);
            return end;
        }

        // The last one's share is not taken in the loop, and the first ones' margins are not.
        var head = (int)Lane.RoundUp(plan.Lag);
        Margins(Range(from, head), plan);
        Link(Range(from, head));
        ShareOfGroups(Range(from, head - plan.Lag));
        for (int i = from + head, count; i < end; i += count)
        {
            count = Math.Min(plan.Loop == Loop.Registers ? plan.Lag : _o.HasIntercept ? TurnRows : end - i, end - i);
            if (plan.Loop == Loop.Registers)
                TogetherInRegisters(i, count);
            else if (plan.Lag < Lane.Count)
                Together<FewerThanSixteen>(i, count);
            else
                Together<SixteenOrMore>(i, count);
        }

        ShareOfGroups(Range(end - plan.Lag, plan.Lag));
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TogetherInRegisters(int number, int count)
    {
        var rows = Range(number, count);
        Stages<TLanes>.TogetherInRegisters(_view, _o.Plan, rows, _buffers.Residuals, _buffers.Margins);
        MarginShift<TLanes>.Add(_o, rows, _buffers.Margins);
        Link(rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Together<TLag>(int number, int count)
        where TLag : struct, ILag
    {
        var sink = new LinkSink<TLanes, TLink, TLag>(_o, _view, _part, _buffers);
        Stages<TLanes>.Together<TLag, LinkSink<TLanes, TLink, TLag>>(_view, _o.Plan, Range(number, count), _buffers.Residuals, ref sink);
        ShareOfIntercept(Range(number, count));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddRowByRow(int from, int end)
    {
        Span<float> stack = stackalloc float[RowPlan.MostColumnsOnStack + Lane.Count - 1];
        var partial = Floats.OnStack(stack);
        for (var i = from; i < end; i += Lane.Count)
        {
            var rows = Range(i, Lane.Count);
            OneByOne(rows, partial);
            Link(rows); // once more, for their loss
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OneByOne(in RowRange rows, Floats partial)
    {
        if (_view.Columns <= Contract.OneChainColumns)
            OneByOne<OneChain>(rows, partial);
        else
            OneByOne<FourChains>(rows, partial);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OneByOne<TChains>(in RowRange rows, Floats partial)
        where TChains : struct, IChains
    {
        var z = _buffers.Margins.At(rows.Number & Ring.Mask);
        if (_o.Plan.Prefetch == 0)
            RowByRow<TLanes, TLink>.Sixteen<TChains, NoPrefetch>(_o, _view, rows.Row, z, partial);
        else
            RowByRow<TLanes, TLink>.Sixteen<TChains, FarPrefetch>(_o, _view, rows.Row, z, partial);
    }
}
