using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>Rows that join sums of earlier rows, and the caller's own work on chunks of them.</summary>
internal static unsafe partial class Call
{
    /// <summary>Adds rows, some of <paramref name="allRows"/>, to an unfinished slice, at most as many as it can take; returns how many
    /// were skipped.</summary>
    internal static int Accumulate<TLink>(in Observations data, int allRows, ReadOnlySpan<float> weights, SliceMemory slice)
        where TLink : struct, ILink
    {
        var counts = default(RowCounts);
        fixed (float* px = data.X.Values, py = data.Targets, pw = weights, ps = data.SampleWeights, pf = data.Offset)
        {
            var operands = OperandsOf(data.X, px, py, pw, null, default, 0f);
            if (operands.Columns == 0)
                LieInNothing(ref operands);
            (operands.SampleWeights, operands.Offset) = (new(ps), new(pf));
            operands.SkipsNaN = data.RowsWithNaN == RowsWithNaN.Skip;
            switch (Simd.Width)
            {
                case SimdWidth.Vector512:
                    Accumulate<Lanes512, TLink>(operands, allRows, slice, ref counts);
                    break;
                case SimdWidth.Vector256:
                    Accumulate<Lanes256, TLink>(operands, allRows, slice, ref counts);
                    break;
                case SimdWidth.Vector128:
                    Accumulate<Lanes128, TLink>(operands, allRows, slice, ref counts);
                    break;
                default:
                    Accumulate<ScalarLanes, TLink>(operands, allRows, slice, ref counts);
                    break;
            }
        }

        GC.KeepAlive(slice);
        return counts.Skipped;
    }

    /// <summary>Adds rows to the sums of a float64 pass; on several threads where that is asked for, to sums without rows.</summary>
    internal static void AddHessian<TLink>(in Observations data, HessianSums sums, ParallelOptions? options)
        where TLink : struct, ILink
    {
        switch (Simd.Width)
        {
            case SimdWidth.Vector512:
                AddHessian<TLink, Lanes512>(data, sums, options);
                break;
            case SimdWidth.Vector256:
                AddHessian<TLink, Lanes256>(data, sums, options);
                break;
            case SimdWidth.Vector128:
                AddHessian<TLink, Lanes128>(data, sums, options);
                break;
            default:
                AddHessian<TLink, ScalarLanes>(data, sums, options);
                break;
        }
    }

    /// <summary>The same on the given lanes.</summary>
    internal static void AddHessian<TLink, TLanes>(in Observations data, HessianSums sums, ParallelOptions? options)
        where TLink : struct, ILink
        where TLanes : struct, ILanes<TLanes>
    {
        options?.CancellationToken.ThrowIfCancellationRequested();
        fixed (float* px = data.X.Values, py = data.Targets, ps = data.SampleWeights, pf = data.Offset)
        {
            var operands = OperandsOf(data.X, px, py, null, null, default, 0f);
            if (operands.Columns == 0)
                LieInNothing(ref operands);
            (operands.SampleWeights, operands.Offset) = (new(ps), new(pf));
            operands.SkipsNaN = data.RowsWithNaN == RowsWithNaN.Skip;
            HessianPass<TLink>.Add<TLanes>(operands, sums, options);
        }
    }

    /// <summary>Work of the caller's on chunks of rows.</summary>
    internal static void ForEachChunk(in Observations data, int chunkRows, ChunkWork work, ParallelOptions? options)
    {
        var rows = data.X.Rows;
        var chunks = (int)(((long)rows + chunkRows - 1) / chunkRows);
        using var lease = new CrewLease(options ?? new() { MaxDegreeOfParallelism = 1 });
        if (options is null || lease.IsRefused || chunks < 2 || options.MaxDegreeOfParallelism == 1)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                options?.CancellationToken.ThrowIfCancellationRequested();
                var (first, count) = RowsOf(chunk);
                work(data.Slice(first, count), first);
            }

            return;
        }

        fixed (float* px = data.X.Values, py = data.Targets, ps = data.SampleWeights, pf = data.Offset)
        {
            var pinned = new PinnedRows(data, new(px), new(py), new(ps), new(pf));
            new Workers(options, lease.Crew, default).For(chunks, chunk =>
            {
                var (first, count) = RowsOf(chunk);
                work(pinned.Slice(first, count), first);
            });
        }

        (int First, int Count) RowsOf(int chunk)
        {
            var first = (long)chunk * chunkRows;
            return ((int)first, (int)Math.Min(chunkRows, rows - first));
        }
    }

    /// <summary>The sums of an unfinished slice.</summary>
    internal static Totals Finish<TLink>(SliceMemory slice, int parameters)
        where TLink : struct, ILink
    {
        var (start, rows) = (slice.Start, slice.Rows - slice.Skipped);
        var sums = Simd.Width switch
        {
            SimdWidth.Vector512 => AccumulatePass<Lanes512, TLink>.Finish(start, parameters, rows),
            SimdWidth.Vector256 => AccumulatePass<Lanes256, TLink>.Finish(start, parameters, rows),
            SimdWidth.Vector128 => AccumulatePass<Lanes128, TLink>.Finish(start, parameters, rows),
            _ => AccumulatePass<ScalarLanes, TLink>.Finish(start, parameters, rows),
        };
        GC.KeepAlive(slice);
        return sums;
    }

    private static void Accumulate<TLanes, TLink>(Operands operands, int allRows, SliceMemory slice, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
        where TLink : struct, ILink
    {
        operands.Plan = PlanOf<TLanes>(Question.Gradient, operands, allRows);
        AccumulatePass<TLanes, TLink>.Add(operands, slice.Start, slice.Rows, ref counts);
    }
}
