namespace Kernels.Training.Shards;

/// <summary>Of every so many slices of rows one: rows from everywhere, whatever they are sorted by.</summary>
internal sealed class SampledBlocks : ObservationBlocks
{
    private const int SliceRows = RowRanges.SliceRows;

    private readonly ObservationBlocks _all;
    private readonly int _every;
    private readonly long _firstSlice;

    /// <param name="all">All rows, or a shard of them.</param>
    /// <param name="first">The number of the first row; a multiple of a slice.</param>
    /// <param name="every">The slices whose number is a multiple of this are taken.</param>
    /// <param name="most">How many rows of the whole data are taken.</param>
    internal SampledBlocks(ObservationBlocks all, long first, int every, long most)
    {
        (_all, _every) = (all, every);
        var slice = first / SliceRows;
        var (begin, end) = ((slice + every - 1) / every, (((first + all.Rows) / SliceRows) + every - 1) / every);
        (First, _firstSlice) = (Math.Min(begin * SliceRows, most), (begin * every) - slice);
        Rows = Math.Max(0, Math.Min(end * SliceRows, most) - First);
    }

    /// <summary>The number that the first row has in the sample.</summary>
    internal long First { get; }

    public override long Rows { get; }

    public override int Columns => _all.Columns;

    public override bool HasIntercept => _all.HasIntercept;

    public override Observations Read(long start, int most)
    {
        var (slice, row) = Math.DivRem(start, SliceRows);
        return _all.ReadSome(((_firstSlice + (slice * _every)) * SliceRows) + row, (int)Math.Min(most, SliceRows - row));
    }
}
