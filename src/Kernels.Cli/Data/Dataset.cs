using Kernels.Training;

namespace Kernels.Cli.Data;

/// <summary>Rows of features, and a label, a weight and an offset a row where the file has them.</summary>
/// <param name="Source">The file's name.</param>
/// <param name="Values">Row-major; in memory, or in a file.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Stride">Floats from one row to the next.</param>
/// <param name="Features">The columns' names.</param>
internal sealed record Dataset(string Source, IRows Values, int Rows, int Stride, string[] Features)
{
    internal float[]? Labels { get; init; }

    internal float[]? SampleWeights { get; init; }

    internal float[]? Offset { get; init; }

    /// <summary>Of each column of words what its values number; null where there is none. <see cref="OneHot"/> makes columns of
    /// them.</summary>
    internal Levels?[]? Levels { get; init; }

    /// <summary>The columns of words that features stand for; null for none.</summary>
    internal ModelCategory[]? Categories { get; init; }

    /// <summary>What goes beside each row's score; null for nothing.</summary>
    internal string[]? Keys { get; init; }

    /// <summary>The words that the labels are written in; null where the file has no words.</summary>
    internal LabelWords? LabelWords { get; init; }

    /// <summary>The label's name; null where columns have none.</summary>
    internal string? Target { get; init; }

    /// <summary>What was subtracted from the features in float64, before they were rounded; null for nothing.</summary>
    internal double[]? Shift { get; init; }

    internal bool SkipsNaN { get; init; }

    internal int Columns => Features.Length;

    internal DesignMatrix Matrix(bool intercept) => Matrix(0, Rows, intercept);

    internal Observations Observations(bool intercept, float[] targets) => Observations(0, Rows, intercept, targets);

    /// <summary>Some rows; valid until the next call on this thread.</summary>
    internal Observations Observations(int start, int count, bool intercept, float[] targets) => new(
        Matrix(start, count, intercept), targets.AsSpan(start, count))
    {
        SampleWeights = SampleWeights.AsSpan() is { IsEmpty: false } weights ? weights.Slice(start, count) : default,
        Offset = Offset.AsSpan() is { IsEmpty: false } offset ? offset.Slice(start, count) : default,
        RowsWithNaN = SkipsNaN ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
    };

    private DesignMatrix Matrix(int start, int count, bool intercept) => new(Values.Read(start, count), count, Columns, Stride, intercept);
}
