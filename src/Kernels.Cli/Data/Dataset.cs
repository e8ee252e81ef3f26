namespace Kernels.Cli.Data;

/// <summary>Rows of features, and a label a row where the file has one.</summary>
internal sealed record Dataset(string Source, float[] Values, int Rows, string[] Features, float[]? Labels)
{
    internal int Columns => Features.Length;

    internal DesignMatrix Matrix(bool intercept) => new(Values, Rows, Columns, Columns, intercept);

    /// <summary>Labels as 0 and 1: probabilities as they are, and of any other two values the smaller as 0.</summary>
    internal float[] Targets()
    {
        if (Labels is null || Rows == 0)
            throw new DataException(Source, "there are no labeled rows to train on");
        if (Labels.All(label => label is >= 0 and <= 1))
            return Labels;
        var distinct = Labels.Distinct().Order().Take(3).ToArray();
        if (distinct.Length != 2 || !distinct.All(float.IsFinite))
            throw new DataException(Source, $"the labels must have two values or be probabilities; there are {string.Join(", ", distinct)}{(distinct.Length > 2 ? " and perhaps more" : string.Empty)}");
        return Array.ConvertAll(Labels, label => label == distinct[1] ? 1f : 0f);
    }
}
