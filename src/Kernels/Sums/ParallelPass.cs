using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>The fused pass on several threads: each chunk of slices is one node of the tree, summed in the order of the rows by whoever
/// comes to it.</summary>
internal static class ParallelPass<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Writes ∇J to <paramref name="gradient"/> when all chunks are done, and returns J.</summary>
    internal static Totals Gradient(Operands o, Floats gradient, ParallelOptions options, ref RowCounts counts)
    {
        var parameters = o.Parameters;
        var nodeFloats = SliceTree<TLanes>.NodeFloats(parameters);
        var chunks = new Chunks(o.Rows);
        var done = new (Totals Sums, int Skipped)[chunks.Count];
        using var nodes = new NativeFloats(checked(chunks.Count * nodeFloats));
        var start = nodes.Start;
        Parallel.For(
            0,
            chunks.Count,
            options,
            () => new NativeFloats(checked(Lane.RoundUp(parameters) + SliceTree<TLanes>.Workspace(chunks.Rows, parameters))),
            (chunk, _, workspace) =>
            {
                var own = default(RowCounts);
                var sums = FusedPass<TLanes, TLink>.Node(
                    o, chunks.FirstRow(chunk), chunks.RowsOf(chunk), workspace.Start, start.At(chunk * nodeFloats), ref own);
                done[chunk] = (sums, own.Skipped);
                return workspace;
            },
            workspace => workspace.Dispose());

        using var levels = new NativeFloats(SliceTree<TLanes>.WorkspaceOf(chunks.Count, parameters));
        return Total(o, parameters, done, levels.Start, start, gradient, ref counts);
    }

    /// <summary>J alone.</summary>
    internal static Totals Loss(Operands o, ParallelOptions options, ref RowCounts counts)
    {
        var chunks = new Chunks(o.Rows);
        var done = new (Totals Sums, int Skipped)[chunks.Count];
        Parallel.For(0, chunks.Count, options, chunk =>
        {
            var own = default(RowCounts);
            var sums = FusedPass<TLanes, TLink>.NodeLoss(o, chunks.FirstRow(chunk), chunks.RowsOf(chunk), ref own);
            done[chunk] = (sums, own.Skipped);
        });
        return Total(o, 0, done, default, default, default, ref counts);
    }

    private static Totals Total(
        in Operands o, nint parameters, (Totals Sums, int Skipped)[] done, Floats levels, Floats nodes, Floats gradient,
        ref RowCounts counts)
    {
        var tree = new SliceTree<TLanes>(o.Rows, parameters, levels);
        for (var chunk = 0; chunk < done.Length; chunk++)
        {
            tree.AddNode(done[chunk].Sums, nodes.At(chunk * SliceTree<TLanes>.NodeFloats(parameters)));
            counts.Skipped += done[chunk].Skipped;
        }

        return tree.Total(o.Reduction, gradient);
    }
}
