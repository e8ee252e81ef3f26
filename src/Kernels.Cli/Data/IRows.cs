namespace Kernels.Cli.Data;

/// <summary>Where the features of consecutive rows come from.</summary>
internal interface IRows
{
    /// <summary>Rows, one after the other with a stride that the data set knows; valid until the next call on this thread.</summary>
    ReadOnlySpan<float> Read(int start, int count);
}

/// <summary>Rows that are there.</summary>
internal sealed class RowsInMemory(float[] values, int stride, int firstRow = 0) : IRows
{
    public ReadOnlySpan<float> Read(int start, int count) =>
        count == 0 ? default : values.AsSpan((firstRow + start) * stride, count * stride);

    /// <summary>All rows, if those of blocks are one array, from its start to its end.</summary>
    internal static RowsInMemory? Whole(IEnumerable<Dataset> blocks)
    {
        var (whole, rows) = (default(float[]), 0L);
        var width = 0;
        foreach (var block in blocks)
        {
            if (block.Values is not RowsInMemory some || (whole is not null && some.Array != whole) || some.FirstRow != rows)
                return null;
            (whole, rows, width) = (some.Array, rows + block.Rows, block.Stride);
        }

        return whole is not null && whole.LongLength == rows * width ? new(whole, width) : null;
    }

    private float[] Array => values;

    private int FirstRow => firstRow;
}
