using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>The fused pass on several threads: each chunk of slices is one node of the tree, summed in the order of the rows by whoever comes to it.</summary>
internal static class ParallelPass<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Writes ∇J to <paramref name="gradient"/> when all chunks are done, and returns J.</summary>
    internal static double Gradient(Operands o, Floats gradient, ParallelOptions options)
    {
        var parameters = o.Parameters;
        var nodeFloats = SliceTree<TLanes>.NodeFloats(parameters);
        var chunks = new Chunks(o.Rows);
        var losses = new double[chunks.Count];
        using var nodes = new NativeFloats(checked(chunks.Count * nodeFloats));
        var start = nodes.Start;
        Parallel.For(
            0,
            chunks.Count,
            options,
            () => new NativeFloats(checked(Lane.RoundUp(parameters) + SliceTree<TLanes>.Workspace(chunks.Rows, parameters))),
            (chunk, _, workspace) =>
            {
                losses[chunk] = FusedPass<TLanes, TLink>.Node(o, chunks.FirstRow(chunk), chunks.RowsOf(chunk), workspace.Start, start.At(chunk * nodeFloats));
                return workspace;
            },
            workspace => workspace.Dispose());

        using var levels = new NativeFloats(SliceTree<TLanes>.WorkspaceOf(chunks.Count, parameters));
        var tree = new SliceTree<TLanes>(o.Rows, parameters, levels.Start);
        for (var chunk = 0; chunk < chunks.Count; chunk++)
            tree.AddNode(losses[chunk], start.At(chunk * nodeFloats));
        return tree.Total(o.Reduction, gradient);
    }

    /// <summary>J alone.</summary>
    internal static double Loss(Operands o, ParallelOptions options)
    {
        var chunks = new Chunks(o.Rows);
        var losses = new double[chunks.Count];
        Parallel.For(0, chunks.Count, options, chunk => losses[chunk] = FusedPass<TLanes, TLink>.NodeLoss(o, chunks.FirstRow(chunk), chunks.RowsOf(chunk)));
        var tree = new SliceTree<TLanes>(o.Rows, 0, default);
        foreach (var loss in losses)
            tree.AddNode(loss, default);
        return tree.Total(o.Reduction, default);
    }
}
