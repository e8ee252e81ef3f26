namespace Kernels.Cli.Data;

/// <summary>Rows of features, and a label, a weight and an offset a row where the file has them.</summary>
/// <param name="Source">The file's name.</param>
/// <param name="Values">Row-major; may be a mapped file.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Stride">Floats from one row to the next.</param>
/// <param name="Features">The columns' names.</param>
internal sealed record Dataset(string Source, ReadOnlyMemory<float> Values, int Rows, int Stride, string[] Features) : IDisposable
{
    /// <summary>What has to be closed when the values are no longer needed.</summary>
    internal IDisposable? Owner { get; init; }

    internal float[]? Labels { get; init; }

    internal float[]? SampleWeights { get; init; }

    internal float[]? Offset { get; init; }

    internal bool SkipsNaN { get; init; }

    internal int Columns => Features.Length;

    public void Dispose() => Owner?.Dispose();

    internal DesignMatrix Matrix(bool intercept) => new(Values.Span, Rows, Columns, Stride, intercept);

    internal Observations Observations(bool intercept, float[] targets) => new(Matrix(intercept), targets)
    {
        SampleWeights = SampleWeights,
        Offset = Offset,
        RowsWithNaN = SkipsNaN ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
    };
}
