using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>The fused pass by chunks of slices: each is one node of the tree, summed in the order of the rows by whoever comes to
/// it.</summary>
internal sealed class ChunksJob<TLanes, TLink> : Job
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    private (Totals Sums, int Skipped)[] _done = [];
    private Operands _o;
    private Chunks _chunks;
    private Floats _nodes;
    private Floats _workspaces;
    private nint _workspaceFloats;
    private CancellationToken _token;
    private BlockClaims _claims = new(1);

    /// <summary>Writes ∇J to <paramref name="gradient"/> when all chunks are done, and returns J.</summary>
    internal static Totals Gradient(in Operands o, Floats gradient, in Workers workers, ref RowCounts counts)
    {
        var job = workers.JobOf<ChunksJob<TLanes, TLink>>();
        var chunks = new Chunks(o.Rows);
        var nodes = checked(chunks.Count * SliceTree<TLanes>.NodeFloats(o.Parameters));
        var levels = SliceTree<TLanes>.WorkspaceOf(chunks.Count, o.Parameters);
        var workspace = checked(
            Lane.RoundUp(o.Parameters) + Lane.RoundUp(SliceTree<TLanes>.Workspace(chunks.Rows, o.Parameters)));
        using var room = workers.RoomOf(Use.Job, checked(nodes + levels + (workers.Members * workspace)));
        (job._nodes, job._workspaces, job._workspaceFloats) = (room.Start, room.Start.At(nodes + levels), workspace);
        return job.Run(o, chunks, gradient, room.Start.At(nodes), workers, ref counts);
    }

    /// <summary>J alone.</summary>
    internal static Totals Loss(in Operands o, in Workers workers, ref RowCounts counts)
    {
        var job = workers.JobOf<ChunksJob<TLanes, TLink>>();
        (job._nodes, job._workspaces) = (default, default);
        return job.Run(o, new(o.Rows), default, default, workers, ref counts);
    }

    internal override void Run(int member)
    {
        var workspace = _workspaces.At(member * _workspaceFloats);
        for (int chunk; !_token.IsCancellationRequested && (chunk = (int)_claims.NextOf(member, _chunks.Count)) >= 0;)
        {
            var counts = default(RowCounts);
            var (row, rows) = (_chunks.FirstRow(chunk), _chunks.RowsOf(chunk));
            var sums = _nodes.IsNull
                ? FusedPass<TLanes, TLink>.NodeLoss(_o, row, rows, ref counts)
                : FusedPass<TLanes, TLink>.Node(_o, row, rows, workspace, NodeOf(chunk), ref counts);
            _done[chunk] = (sums, counts.Skipped);
        }
    }

    private Totals Run(in Operands o, Chunks chunks, Floats gradient, Floats levels, in Workers workers, ref RowCounts counts)
    {
        (_o, _chunks, _token) = (o, chunks, workers.Token);
        BlockClaims.Begin(ref _claims, workers.Members);
        if (_done.Length < chunks.Count)
            _done = new (Totals Sums, int Skipped)[Math.Max(chunks.Count, Chunks.Most)];
        workers.Run(this);
        var tree = new SliceTree<TLanes>(o.Rows, gradient.IsNull ? 0 : o.Parameters, levels);
        for (var chunk = 0; chunk < chunks.Count; chunk++)
        {
            tree.AddNode(_done[chunk].Sums, NodeOf(chunk));
            counts.Skipped += _done[chunk].Skipped;
        }

        return tree.Total(o.Reduction, gradient);
    }

    private Floats NodeOf(int chunk) => _nodes.At(chunk * SliceTree<TLanes>.NodeFloats(_o.Parameters));
}
