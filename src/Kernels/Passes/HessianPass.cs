using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>Loss, deviance, gradient and Hessian in float64 of all rows of a call.</summary>
internal static class HessianPass<TLink>
    where TLink : struct, ILink
{
    // What the sums of chunks that wait for their neighbours may take.
    private const long MostNodeBytes = 1L << 28;

    /// <summary>Adds rows to some sums; on several threads where that is asked for, which have no rows yet.</summary>
    internal static void Add<TLanes>(in Operands o, HessianSums sums, ParallelOptions? options)
        where TLanes : struct, ILanes<TLanes>
    {
        if (options is null || options.MaxDegreeOfParallelism == 1 || o.Rows <= Contract.SliceRows)
        {
            sums.Add<TLanes, TLink>(o, options?.CancellationToken ?? default);
            return;
        }

        using var lease = new CrewLease(options);
        if (lease.IsRefused)
            sums.Add<TLanes, TLink>(o, options.CancellationToken);
        else
            AddChunks<TLanes>(o, sums, new Workers(options, lease.Crew, Sharing.Chunks));
    }

    private static void AddChunks<TLanes>(in Operands o, HessianSums sums, in Workers workers)
        where TLanes : struct, ILanes<TLanes>
    {

        // A shard needs its own node, and as much again to work in.
        var (weights, centers, operands, elements) = (sums.Weights.ToArray(), sums.Centers.ToArray(), o, sums.ElementFloats);
        var bytes = 4L * sizeof(double) * HessianMemory.NodeLength(weights.Length);
        var chunks = new Chunks(o.Rows, (int)Math.Clamp(MostNodeBytes / bytes, 2, Chunks.Most));
        var shards = new HessianSums[chunks.Count];
        workers.For(chunks.Count, chunk =>
        {
            shards[chunk] = new(weights, centers, operands.Columns, chunks.FirstRow(chunk), elements);
            var rows = operands.From((int)chunks.FirstRow(chunk)) with { Rows = chunks.RowsOf(chunk) };
            shards[chunk].Add<TLanes, TLink>(rows, cancellation: default);
        });
        foreach (var shard in shards)
            sums.Merge(shard);
    }
}
