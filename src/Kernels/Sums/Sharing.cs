using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>How a pass is shared out to threads: a matter of time alone.</summary>
internal enum Sharing
{
    /// <summary>Not at all.</summary>
    Alone,

    /// <summary>Chunks of slices, each a node of the tree (<see cref="Chunks"/>).</summary>
    Chunks,

    /// <summary>Blocks of rows, which follow one another through the columns (<see cref="WaveJob{TLanes, TLink}"/>).</summary>
    Wave,
}

/// <summary>Chooses a sharing.</summary>
internal static class Sharings
{
    // 1 MiB: below that much of X, starting threads of the pool takes longer than the pass; and blocks that follow one another wait for one
    // another, whoever does them (256 × 256 with a crew of two on Zen 3: 0.5 to 1.2 times one thread's speed).
    private const long LeastFloats = 1 << 18;

    // A crew that spins has begun within a microsecond (2048 × 32: 1.2 to 1.6 times).
    private const long LeastFloatsOfCrew = 1 << 16;

    // Fewer, and a block's share is not worth passing on.
    private const int LeastColumns = 256;

    /// <summary>For a pass of some rows by some workers.</summary>
    internal static Sharing Of(in Operands o, ParallelOptions options, Crew? crew)
    {
        var members = Workers.MembersOf(options, crew);
        var floats = (long)o.Rows * o.Columns;
        if (floats < (crew is null ? LeastFloats : LeastFloatsOfCrew))
            return Sharing.Alone;

        // One thread, too, goes by chunks where it may be stopped between them.
        if (members == 1)
            return o.Rows > Contract.SliceRows && options.CancellationToken.CanBeCanceled ? Sharing.Chunks : Sharing.Alone;
        var slices = ((o.Rows - 1) / Contract.SliceRows) + 1;
        if (slices < 2 * members && o.Columns >= LeastColumns && floats >= LeastFloats)
            return Sharing.Wave;
        return o.Rows > Contract.SliceRows ? Sharing.Chunks : Sharing.Alone;
    }
}
