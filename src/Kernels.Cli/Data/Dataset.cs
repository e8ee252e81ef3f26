using Kernels.Links;

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

    /// <summary>
    /// The labels as the link takes them. For logit 0 and 1: probabilities as they are, and of any other two values the smaller as 0.
    /// </summary>
    internal float[] Targets<TLink>()
        where TLink : struct, ILink
    {
        if (Labels is null || Rows == 0)
            throw new DataException(Source, "there are no labeled rows");
        if (typeof(TLink) == typeof(Log) && Array.Exists(Labels, label => label < 0))
            throw new DataException(Source, $"a count must not be negative; there is {Array.Find(Labels, label => label < 0)}");
        if (typeof(TLink) != typeof(Logit))
            return Labels;
        var given = SkipsNaN ? Array.FindAll(Labels, label => !float.IsNaN(label)) : Labels;
        if (Array.TrueForAll(given, label => label is >= 0 and <= 1))
            return Labels;
        var distinct = given.Distinct().Order().Take(3).ToArray();
        if (distinct.Length != 2 || !Array.TrueForAll(distinct, float.IsFinite))
            throw new DataException(Source, $"the labels must have two values or be probabilities; there are {string.Join(", ", distinct)}{(distinct.Length > 2 ? " and perhaps more" : string.Empty)}");
        return Array.ConvertAll(Labels, label => float.IsNaN(label) ? label : label == distinct[1] ? 1f : 0f);
    }
}
