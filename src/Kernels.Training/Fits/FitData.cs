using System.Runtime.ExceptionServices;
using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>What is looked for in consecutive rows.</summary>
/// <param name="rows">Some rows.</param>
/// <param name="first">The number of the first of them.</param>
/// <returns>Whether it is found.</returns>
internal delegate bool RowSearch(in Observations rows, long first);

/// <summary>The rows of a fit, in one span or in blocks.</summary>
internal readonly ref struct FitData<TLink>
    where TLink : struct, ILink
{
    private const int MostShards = 16;

    // N·p² below which a pass in float64 takes a millisecond or two.
    private const double LeastQuick = 1e7;

    // A megabyte of X at a time.
    private const int PieceFloats = 1 << 18;
    private const int SliceRows = HessianAccumulator<TLink>.SliceRows;

    // Rows whose sums are taken one after the other; the sums of such chunks are put together in their order. Fixed, so that whatever is
    // summed has the same bits on any number of threads.
    private const int ChunkRows = 64 * SliceRows;

    // Chunks that are worked on before their sums are put together: so many for each thread.
    private const int ChunksOfThread = 4;

    // Slices of a sample are so many times as far apart as those of the whole.
    private const int SampleEvery = 16;

    // A sample is worth its time where it has some hundred rows for each parameter.
    private const int SampleRowsOfParameter = 100;

    private readonly Observations _data;
    private readonly ObservationBlocks? _blocks;
    private readonly ParallelOptions _parallel;
    private readonly int _every;

    internal FitData(in Observations data, FitOptions options, CancellationToken cancellation)
        : this(options, cancellation)
    {
        _data = data;
        (Rows, Columns, HasIntercept) = (data.X.Rows, data.X.Columns, data.X.HasIntercept);
    }

    internal FitData(ObservationBlocks blocks, FitOptions options, CancellationToken cancellation)
        : this(options, cancellation)
    {
        _blocks = blocks;
        (Rows, Columns, HasIntercept) = (blocks.Rows, blocks.Columns, blocks.HasIntercept);
    }

    private FitData(FitOptions options, CancellationToken cancellation) =>
        (_every, _parallel) = (1, new() { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism, CancellationToken = cancellation });

    private FitData(FitData<TLink> all)
    {
        _data = all._data;
        (_blocks, _parallel, _every) = (all._blocks, all._parallel, SampleEvery);
        (Rows, Columns, HasIntercept) = (all.Rows / SliceRows / SampleEvery * SliceRows, all.Columns, all.HasIntercept);
    }

    internal long Rows { get; }

    internal int Columns { get; }

    internal bool HasIntercept { get; }

    internal int Parameters => Columns + (HasIntercept ? 1 : 0);

    /// <summary>Whether <see cref="Sample"/> is large enough to begin with.</summary>
    internal bool CanBeSampled => CanBeQuick && Rows / SampleEvery >= Math.Max(4 * SliceRows, (long)SampleRowsOfParameter * Parameters);

    /// <summary>Every sixteenth slice: rows from everywhere, whatever they are sorted by.</summary>
    internal FitData<TLink> Sample() => new(this);

    /// <summary>The part of all passes that one over a sample is.</summary>
    internal static double SamplePart => 1.0 / SampleEvery;

    /// <summary>Adds all rows to sums, by as many threads as the fit may have; the same bits on any number.</summary>
    /// <param name="empty">Makes sums without rows, for rows from a number on.</param>
    internal TSums Sum<TSums>(Func<long, TSums> empty)
        where TSums : IRowSums<TSums>
    {
        TSums? total = default;
        var threads = _parallel.MaxDegreeOfParallelism == -1 ? Environment.ProcessorCount : _parallel.MaxDegreeOfParallelism;
        for (var start = 0L; start < Rows || total is null;)
        {
            var rows = Math.Min(Rows - start, (long)ChunkRows * ChunksOfThread * threads);
            foreach (var part in SumsOfChunks(start, rows, empty))
            {
                if (total is null)
                    total = part;
                else
                    total.Merge(part);
            }

            start += rows;
        }

        return total;
    }

    /// <summary>Hands over rows in order, on this thread, until there is what was looked for.</summary>
    internal void ForEachUntil(RowSearch search)
    {
        for (var start = 0L; start < Rows;)
        {
            var rows = ReadPiece(start, Rows);
            if (search(rows, start))
                return;
            start += rows.X.Rows;
        }
    }

    private TSums[] SumsOfChunks<TSums>(long first, long rows, Func<long, TSums> empty)
        where TSums : IRowSums<TSums>
    {
        var parts = new TSums[Math.Max(1, (int)((rows + ChunkRows - 1) / ChunkRows))];
        if (parts.Length == 1 || _every > 1 || _parallel.MaxDegreeOfParallelism == 1)
        {
            for (var i = 0; i < parts.Length; i++)
                AddRows(parts[i] = empty(first + ((long)i * ChunkRows)), first + ((long)i * ChunkRows), Math.Min(first + rows, first + ((i + 1L) * ChunkRows)));
            return parts;
        }

        try
        {
            if (_blocks is { } blocks)
            {
                var parallel = _parallel;
                Parallel.For(0, parts.Length, parallel, i =>
                {
                    var (start, end) = (first + ((long)i * ChunkRows), Math.Min(first + rows, first + ((i + 1L) * ChunkRows)));
                    parts[i] = empty(start);
                    while (start < end)
                    {
                        parallel.CancellationToken.ThrowIfCancellationRequested();
                        var some = blocks.ReadSome(start, (int)Math.Min(end - start, PieceRows(blocks.Columns)));
                        parts[i].Add(some, start);
                        start += some.X.Rows;
                    }
                });
            }
            else
            {
                _data.Slice((int)first, (int)rows).ForEachChunk(
                    ChunkRows,
                    (in some, start) => (parts[start / ChunkRows] = empty(first + start)).Add(some, first + start),
                    _parallel);
            }
        }
        catch (AggregateException e)
        {
            // What a block's Read throws comes out as itself, as on one thread.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return parts;
    }

    private void AddRows<TSums>(TSums sums, long start, long end)
        where TSums : IRowSums<TSums>
    {
        while (start < end)
        {
            var rows = ReadPiece(start, end);
            sums.Add(rows, start);
            start += rows.X.Rows;
        }
    }

    private Observations ReadPiece(long start, long end)
    {
        _parallel.CancellationToken.ThrowIfCancellationRequested();
        return Read(start, (int)Math.Min(end - start, PieceRows(Columns)));
    }

    private static int PieceRows(int columns) => Math.Max(SliceRows, PieceFloats / Math.Max(1, columns));

    /// <summary>Deviance, gradient and Hessian at some weights of the columns less their centres.</summary>
    internal HessianEvaluation Evaluate(ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, Span<double> gradient, Span<double> hessian) =>
        _every > 1 ? EvaluateSample(new Start(weights, centers, HasIntercept, isSingle: false), gradient, hessian)
        : _blocks is null ? Glm<TLink>.Hessian(_data, weights, gradient, hessian, centers, _parallel)
        : EvaluateBlocks(new Start(weights, centers, HasIntercept, isSingle: false), gradient, hessian);

    /// <summary>Whether there is <see cref="EvaluateQuickly"/>, and it pays.</summary>
    internal bool CanBeQuick => (double)Rows * Parameters * Parameters >= LeastQuick;

    /// <summary>The same with products in float32.</summary>
    internal HessianEvaluation EvaluateQuickly(ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, Span<double> gradient, Span<double> hessian)
    {
        var single = new float[weights.Length];
        for (var j = 0; j < single.Length; j++)
            single[j] = (float)weights[j];
        return _every > 1 ? EvaluateSample(new Start(weights, centers, HasIntercept, isSingle: true), gradient, hessian)
            : _blocks is null ? Glm<TLink>.HessianSingle(_data, single, gradient, hessian, centers, _parallel)
            : EvaluateBlocks(new Start(weights, centers, HasIntercept, isSingle: true), gradient, hessian);
    }

    private HessianEvaluation EvaluateSample(in Start start, Span<double> gradient, Span<double> hessian)
    {
        var sum = start.At(0);
        for (var row = 0L; row < Rows;)
        {
            var rows = ReadPiece(row, Rows);
            sum.Add(rows);
            row += rows.X.Rows;
        }

        return sum.Evaluate(gradient, hessian);
    }

    private HessianEvaluation EvaluateBlocks(in Start start, Span<double> gradient, Span<double> hessian)
    {
        var (blocks, parallel) = (_blocks!, _parallel);
        var slices = (Rows + SliceRows - 1) / SliceRows;
        var count = parallel.MaxDegreeOfParallelism == 1 ? 1 : (int)Math.Clamp(slices, 1, MostShards);
        var shards = new HessianAccumulator<TLink>[count];
        for (var i = 0; i < count; i++)
            shards[i] = start.At(slices * i / count * SliceRows);
        var (rows, piece) = (Rows, Math.Max(1, PieceFloats / Math.Max(1, Columns) / SliceRows) * SliceRows);
        if (count == 1)
        {
            Sum(0);
        }
        else
        {
            try
            {
                Parallel.For(0, count, parallel, Sum);
            }
            catch (AggregateException e)
            {
                // What a block's Read throws comes out as itself, as on one thread.
                ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }
        }

        foreach (var shard in shards.AsSpan(1))
            shards[0].Merge(shard);
        return shards[0].Evaluate(gradient, hessian);

        void Sum(int shard)
        {
            var end = shard + 1 < count ? shards[shard + 1].FirstRow : rows;
            for (var row = shards[shard].FirstRow; row < end;)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                var some = blocks.ReadSome(row, (int)Math.Min(piece, end - row));
                shards[shard].Add(some);
                row += some.X.Rows;
            }
        }
    }

    private Observations Read(long start, int most)
    {
        var count = (int)Math.Min(most, Rows - start);
        if (_every > 1)
        {
            var (slice, row) = Math.DivRem(start, SliceRows);
            (start, count) = ((slice * SliceRows * _every) + row, (int)Math.Min(count, SliceRows - row));
        }

        return _blocks is null ? _data.Slice((int)start, count) : _blocks.ReadSome(start, count);
    }

    /// <summary>Where the shards of a pass begin.</summary>
    private readonly ref struct Start(ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, bool intercept, bool isSingle)
    {
        private readonly ReadOnlySpan<double> _weights = weights;
        private readonly ReadOnlySpan<double> _centers = centers;

        internal HessianAccumulator<TLink> At(long firstRow)
        {
            if (!isSingle)
                return new(_weights, _centers, intercept, firstRow);
            var single = new float[_weights.Length];
            for (var j = 0; j < single.Length; j++)
                single[j] = (float)_weights[j];
            return HessianAccumulator<TLink>.WithSingleProducts(single, _centers, intercept, firstRow);
        }
    }
}
