namespace Kernels.Cli.Data;

/// <summary>Where the features of consecutive rows come from.</summary>
internal interface IRows
{
    /// <summary>Rows, one after the other with a stride that the data set knows; valid until the next call on this thread.</summary>
    ReadOnlySpan<float> Read(int start, int count);
}

/// <summary>Rows that are there.</summary>
internal sealed class RowsInMemory(float[] values, int stride) : IRows
{
    public ReadOnlySpan<float> Read(int start, int count) => count == 0 ? default : values.AsSpan(start * stride, count * stride);
}
