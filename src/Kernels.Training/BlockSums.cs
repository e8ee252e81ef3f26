using System.Runtime.ExceptionServices;
using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training;

/// <summary>The gradient over blocks: shards of whole slices, each in an accumulator of its own, merged in the order of the rows.</summary>
internal sealed class BlockSums<TLink>(ObservationBlocks blocks, ParallelOptions parallel, bool zeroTargets = false)
    where TLink : struct, ILink
{
    // A megabyte of X at a time: what a pass reads fits the cache that it is summed from.
    private const int PieceFloats = 1 << 18;

    private const int MostShards = 64;
    private const int SliceRows = GradientAccumulator<TLink>.SliceRows;

    private readonly int _pieceRows = Math.Max(1, PieceFloats / Math.Max(1, blocks.Columns) / SliceRows) * SliceRows;
    private readonly float[] _weights = new float[blocks.Parameters];
    private GradientAccumulator<TLink>[] _shards = [];

    /// <summary>∇J and J at some weights.</summary>
    /// <param name="weights">w.</param>
    /// <param name="gradient">Overwritten.</param>
    /// <param name="written">What no row may lie in; checked on one thread.</param>
    internal Evaluation Evaluate(ReadOnlySpan<float> weights, Span<float> gradient, ReadOnlySpan<float> written = default)
    {
        weights.CopyTo(_weights);
        if (_shards.Length == 0)
            _shards = Shards();
        if (_shards.Length == 1)
            Sum(0, written);
        else
            SumAll();
        for (var i = 1; i < _shards.Length; i++)
            _shards[0].Merge(_shards[i]);
        return _shards[0].Gradient(gradient);
    }

    /// <summary>Adds some rows to an accumulator.</summary>
    /// <param name="sum">The accumulator.</param>
    /// <param name="start">The first row.</param>
    /// <param name="end">The row after the last one.</param>
    /// <param name="written">What no row may lie in.</param>
    internal void Add(GradientAccumulator<TLink> sum, long start, long end, ReadOnlySpan<float> written)
    {
        while (start < end)
        {
            parallel.CancellationToken.ThrowIfCancellationRequested();
            var rows = blocks.ReadSome(start, (int)Math.Min(_pieceRows, end - start));
            rows.ThrowIfOverlaps(written, "weights");
            sum.Add(zeroTargets ? GramQuestion.WithoutTargets(rows) : rows);
            start += rows.X.Rows;
        }
    }

    private GradientAccumulator<TLink>[] Shards()
    {
        var slices = (blocks.Rows + SliceRows - 1) / SliceRows;
        var count = parallel.MaxDegreeOfParallelism == 1 ? 1 : (int)Math.Clamp(slices, 1, MostShards);
        var shards = new GradientAccumulator<TLink>[count];
        for (var i = 0; i < count; i++)
            shards[i] = new(_weights, blocks.HasIntercept, Border(i, count, slices));
        return shards;
    }

    private void SumAll()
    {
        try
        {
            Parallel.For(0, _shards.Length, parallel, shard => Sum(shard, default));
        }
        catch (AggregateException e)
        {
            // What a block's Read throws comes out as itself, as on one thread.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void Sum(int shard, ReadOnlySpan<float> written)
    {
        var sum = _shards[shard];
        sum.Reset(_weights);
        Add(sum, sum.FirstRow, shard + 1 < _shards.Length ? _shards[shard + 1].FirstRow : blocks.Rows, written);
    }

    private static long Border(int shard, int count, long slices) => slices * shard / count * SliceRows;
}
