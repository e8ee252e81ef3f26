using System.Runtime.ExceptionServices;
using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>Rows summed in ranges of whole slices, each in sums of its own, put together in their order.</summary>
internal static class RowRanges
{
    internal const int SliceRows = GradientAccumulator<Identity>.SliceRows;

    // A megabyte of X at a time: what is summed fits the cache that it is read into.
    private const int PieceFloats = 1 << 18;

    // More than threads, so that none waits long for the last; fewer than would make of p² elements each a burden.
    private const int LeastRanges = 16;

    /// <summary>How many rows at a time.</summary>
    internal static int PieceRows(int columns) => Math.Max(1, PieceFloats / Math.Max(1, columns) / SliceRows) * SliceRows;

    /// <summary>The length of a range; a multiple of a slice.</summary>
    internal static long Length(long rows, ParallelOptions parallel)
    {
        var threads = parallel.MaxDegreeOfParallelism == -1 ? Environment.ProcessorCount : parallel.MaxDegreeOfParallelism;
        var slices = Math.Max(1, (rows + SliceRows - 1) / SliceRows);
        var ranges = threads == 1 ? 1 : Math.Max(LeastRanges, threads);
        return (slices + ranges - 1) / ranges * SliceRows;
    }

    /// <summary>Adds all rows to sums.</summary>
    /// <param name="blocks">The rows.</param>
    /// <param name="first">The number of the first of them in the whole data.</param>
    /// <param name="empty">Makes sums without rows, for rows from a number on.</param>
    /// <param name="parallel">Threads, and cancellation.</param>
    internal static TSums Sum<TSums>(ObservationBlocks blocks, long first, Func<long, TSums> empty, ParallelOptions parallel)
        where TSums : IRowSums<TSums>
    {
        var (rows, length) = (blocks.Rows, Length(blocks.Rows, parallel));
        var parts = new TSums[Math.Max(1, (rows + length - 1) / length)];
        if (parts.Length == 1)
        {
            SumRange(0);
            return parts[0];
        }

        try
        {
            Parallel.For(0, parts.Length, parallel, SumRange);
        }
        catch (AggregateException e)
        {
            // What a block's Read throws comes out as itself, as on one thread.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return Merge(parts);

        void SumRange(int i)
        {
            var (start, end) = (i * length, Math.Min(rows, (i + 1) * length));
            var sums = parts[i] = empty(first + start);
            while (start < end && !sums.IsDone)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                var some = blocks.ReadSome(start, (int)Math.Min(end - start, PieceRows(blocks.Columns)));
                sums.Add(some, first + start);
                start += some.X.Rows;
            }
        }
    }

    /// <summary>The sums of all parts, in their order.</summary>
    internal static TSums Merge<TSums>(ReadOnlySpan<TSums> parts)
        where TSums : IRowSums<TSums>
    {
        foreach (var part in parts[1..])
            parts[0].Merge(part);
        return parts[0];
    }
}
