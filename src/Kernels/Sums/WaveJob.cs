using System.Numerics;
using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>
/// The fused pass for few and long rows, as a wave front: threads take blocks of rows in turn. A block's margins are anyone's at any time;
/// its loss, and its share of each part of the columns, are added when the blocks before it are in that sum. So threads follow one another
/// through the columns, X is read once, and every sum is in the order of the rows: the bits are those of one thread.
/// </summary>
/// <remarks>
/// The failed idea: all margins of some rows, a barrier, then all columns of these rows, each thread its own. X is then read twice, the
/// second time from another core's cache: 1.2 to 1.5 times one thread's speed at 2000 × 20000 with two threads on Zen 3 where this has
/// 1.55 to 1.75 (bench/NOTES.md).
/// </remarks>
internal sealed class WaveJob<TLanes, TLink> : Job
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    // 256 KiB: what a core's L2 keeps from the margins to the share.
    private const int BlockFloats = 1 << 16;

    // Columns of a part: fewer, and passing the turn on takes as long as the turn.
    private const int LeastColumns = 128;

    private Operands _o;
    private RowPlan _marginPlan;
    private BlockClaims _claims = new(1);
    private Turns _turns = new(1);
    private WaveLoss<TLanes, TLink> _loss;
    private WaveColumns<TLanes>[] _columns = [];
    private int _parts;
    private int _blockRows;
    private CancellationToken _token;

    /// <summary>Writes ∇J to <paramref name="gradient"/>, or nothing where it is null, and returns J.</summary>
    internal static Totals Run(in Operands o, Floats gradient, in Workers workers, ref RowCounts counts)
    {
        var job = workers.JobOf<WaveJob<TLanes, TLink>>();
        job.Begin(o, gradient, workers);
        nint floats = WaveLoss<TLanes, TLink>.Floats;
        for (var part = 0; part < job._parts; part++)
            floats = checked(floats + WaveColumns<TLanes>.FloatsOf(o, job.ColumnsOf(part)));
        using var room = workers.RoomOf(Use.Job, floats);
        job._loss = new(o.Rows, room.Start);
        var next = room.Start.At(WaveLoss<TLanes, TLink>.Floats);
        for (var part = 0; part < job._parts; part++)
        {
            var columns = job.ColumnsOf(part);
            job._columns[part] = new(o, columns, job._blockRows, next);
            next = next.At(WaveColumns<TLanes>.FloatsOf(o, columns));
        }

        workers.Run(job);
        for (var part = 0; part < job._parts; part++)
            job._columns[part].Finish(o, gradient);
        counts.Skipped += job._loss.Counts.Skipped;
        return job._loss.Finish(o);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal override void Run(int member)
    {
        if (member >= _claims.Members)
            return;
        Span<float> stack = stackalloc float[SliceBuffers.Size + Lane.Count - 1];
        var buffers = new SliceBuffers(Floats.OnStack(stack), _loss.State);
        _claims.Arrive(member);
        var blocks = ((_o.Rows - 1) / _blockRows) + 1;
        for (long block; (block = _claims.Next(member)) < blocks && TryDo(block, buffers);)
        {
        }
    }

    // False where the call was cancelled.
    private bool TryDo(long block, in SliceBuffers buffers)
    {
        var first = (nint)block * _blockRows;
        var part = new Part(first, (int)(first % Contract.SliceRows), (int)Math.Min(_blockRows, _o.Rows - first));
        var view = _o.View(default);
        var rows = new RowRange(first, part.SliceRow % Lane.Count, part.Rows);
        var pipeline = new Pipeline<TLanes, TLink>(in _o, in part, in buffers, in view);
        pipeline.Prepare(rows, _marginPlan);
        if (_token.IsCancellationRequested || !_turns.Await(0, block, _token))
            return false;
        var leftOut = _loss.Add(pipeline, part, rows);
        var slice = _loss.Slice;
        _turns.Pass(0, block);
        for (var i = 0; i < _parts; i++)
        {
            if (!_turns.Await(i + 1, block, _token))
                return false;
            _columns[i].Add<TLink>(part, rows, buffers, leftOut, slice);
            _turns.Pass(i + 1, block);
        }

        return true;
    }

    private ColumnRange ColumnsOf(int part)
    {
        var vectors = Lane.RoundUp(_o.Columns) / Lane.Count;
        var first = (int)(vectors * part / _parts * Lane.Count);
        return new(first, (int)Math.Min(_o.Columns, vectors * (part + 1) / _parts * Lane.Count) - first);
    }

    private void Begin(in Operands o, Floats gradient, in Workers workers)
    {
        (_o, _token) = (o, workers.Token);
        _marginPlan = Planner<TLanes>.For(Question.Margins, new(o.Rows, o.Columns, o.Stride, o.X));

        // A power of two, as a slice is; a group of rows at least.
        var rows = BlockFloats / Math.Max(o.Columns, 1);
        _blockRows = Math.Clamp(1 << BitOperations.Log2((uint)Math.Max(rows, 1)), Contract.GroupRows, Ring.Rows);
        _parts = gradient.IsNull ? 0 : Math.Clamp(o.Columns / LeastColumns, 1, 2 * workers.Members);
        BlockClaims.Begin(ref _claims, workers.Members);
        if (_turns.Sums < _parts + 1)
            _turns = new(_parts + 1);
        if (_columns.Length < _parts)
            _columns = new WaveColumns<TLanes>[_parts];
        _turns.Reset();
    }
}
