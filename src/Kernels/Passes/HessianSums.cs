using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>Loss, deviance, gradient and Hessian in float64 of a range of rows, so far.</summary>
internal sealed class HessianSums
{
    private readonly HessianMemory _slice;
    private readonly SliceNodes _nodes;
    private readonly double[] _total;
    private readonly double[] _weights;

    /// <param name="weights">w; rounded to float32 where the products are.</param>
    /// <param name="centers">Empty for none.</param>
    /// <param name="columns">d.</param>
    /// <param name="firstRow">The number of the first row.</param>
    /// <param name="elementFloats">1 for products in float32, 2 for float64.</param>
    internal HessianSums(
        ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, int columns, long firstRow, int elementFloats = 2)
    {
        (FirstRow, _weights) = (firstRow, weights.ToArray());
        _slice = new(columns, weights.Length, elementFloats);
        _total = new double[HessianMemory.NodeLength(weights.Length)];
        _nodes = new(_total.Length);
        _slice.SetWeights(weights);
        _slice.SetCenters(centers);
    }

    internal int ElementFloats => _slice.Layout.ElementFloats;

    internal long FirstRow { get; }

    /// <summary>Rows added, those skipped included.</summary>
    internal long Rows { get; private set; }

    internal long SkippedRows { get; private set; }

    internal SliceNodes Nodes => _nodes;

    /// <summary>The slice that is not finished.</summary>
    internal HessianMemory Slice => _slice;

    internal ReadOnlySpan<double> Weights => _weights;

    internal ReadOnlySpan<double> Centers => _slice.Centers;

    /// <summary>Adds the next rows; stops between slices where it is asked to.</summary>
    internal void Add<TLanes, TLink>(Operands o, CancellationToken cancellation)
        where TLanes : struct, ILanes<TLanes>
        where TLink : struct, ILink
    {
        for (var (row, rows) = (0, o.Rows); row < rows;)
        {
            cancellation.ThrowIfCancellationRequested();
            o.Rows = Math.Min(rows - row, Contract.SliceRows - _slice.Rows);
            var counts = default(RowCounts);
            if (_slice.Rows == 0)
                _slice.Clear();
            if (ElementFloats == 2)
                new ProductPanel<TLanes, TLink, InDouble>(o, _slice.Start, _slice.Layout).Add(_slice.Rows, ref counts);
            else
                new ProductPanel<TLanes, TLink, InSingle>(o, _slice.Start, _slice.Layout).Add(_slice.Rows, ref counts);
            GC.KeepAlive(_slice);
            (row, _slice.Rows) = (row + o.Rows, _slice.Rows + o.Rows);
            (Rows, SkippedRows) = (Rows + o.Rows, SkippedRows + counts.Skipped);
            if (_slice.Rows == Contract.SliceRows)
            {
                var node = _nodes.Rent();
                _nodes.Add(((FirstRow + Rows) / Contract.SliceRows) - 1, _slice.Finish(node), node);
                _slice.Rows = 0;
            }

            o = o.From(o.Rows);
        }
    }

    /// <summary>Adds the rows of the range that follows; that one stays as it is.</summary>
    internal void Merge(HessianSums next)
    {
        foreach (ref readonly var node in next._nodes.Nodes)
            _nodes.Add(node);
        _slice.CopyFrom(next._slice);
        (Rows, SkippedRows) = (Rows + next.Rows, SkippedRows + next.SkippedRows);
    }

    /// <summary>Of sums that were filled in from elsewhere: how many rows they are of.</summary>
    internal void SetRows(long rows, long skipped)
    {
        (Rows, SkippedRows) = (rows, skipped);
        _slice.Rows = (int)(rows % Contract.SliceRows);
    }

    /// <summary>The sums of all rows.</summary>
    internal HessianEvaluation Total(Span<double> gradient, Span<double> hessian)
    {
        var sums = _slice.Rows > 0 ? _nodes.AddTo(_total, _slice.Finish(_total)) : _nodes.Total(_total);
        _total.AsSpan(0, gradient.Length).CopyTo(gradient);
        _total.AsSpan(gradient.Length, hessian.Length).CopyTo(hessian);
        return new(sums.Loss, _total[^1], sums.Weight, Rows, SkippedRows);
    }

    /// <summary>Starts over at other weights.</summary>
    internal void Reset(ReadOnlySpan<double> weights)
    {
        weights.CopyTo(_weights);
        _slice.SetWeights(weights);
        _nodes.Clear();
        _slice.Clear();
        (Rows, SkippedRows) = (0, 0);
    }
}
