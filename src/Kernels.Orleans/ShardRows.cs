using Kernels.Links;
using Kernels.Training;

namespace Kernels.Orleans;

/// <summary>Consecutive rows of consecutive shards.</summary>
/// <param name="shards">The shards, in order.</param>
/// <param name="columns">d.</param>
/// <param name="intercept">Whether there is one.</param>
/// <param name="skip">Rows of the shards before the first one here.</param>
/// <param name="rows">How many.</param>
internal sealed class ShardRows(IReadOnlyList<Shard> shards, int columns, bool intercept, long skip, long rows) : ObservationBlocks
{
    internal const int SliceRows = GradientAccumulator<Identity>.SliceRows;

    public override long Rows => rows;

    public override int Columns => columns;

    public override bool HasIntercept => intercept;

    /// <summary>The number of the first row in the whole data.</summary>
    internal long FirstRow => shards[0].Part.FirstRow + skip;

    public override Observations Read(long start, int most)
    {
        var row = FirstRow + start;
        var (from, to) = (0, shards.Count);
        while (to - from > 1)
        {
            var middle = (from + to) / 2;
            (from, to) = shards[middle].Part.FirstRow <= row ? (middle, to) : (from, middle);
        }

        var (shard, first) = (shards[from], (int)(row - shards[from].Part.FirstRow));
        return shard.Rows(first, (int)Math.Min(Math.Min(most, shard.Part.Rows - first), rows - start), intercept);
    }

    /// <summary>The same rows in parts of whole slices, one for each thread.</summary>
    internal static ShardRows[] Split(IReadOnlyList<Shard> shards, int columns, bool intercept, int parts)
    {
        var rows = shards.Sum(shard => (long)shard.Part.Rows);
        var slices = (rows + SliceRows - 1) / SliceRows;
        var count = Math.Clamp(slices, 1, parts);
        return [.. Enumerable.Range(0, (int)count).Select(i =>
        {
            var (start, end) = (slices * i / count * SliceRows, Math.Min(rows, slices * (i + 1) / count * SliceRows));
            return new ShardRows(shards, columns, intercept, start, end - start);
        })];
    }
}
