namespace Kernels.Cli.Data;

/// <summary>Collects rows of columns that have roles into data sets.</summary>
internal sealed class DatasetBuilder(string source, ColumnRoles roles, bool skipsNaN)
{
    private readonly List<float> _values = [];
    private readonly List<float> _labels = [];
    private readonly List<float> _weights = [];
    private readonly List<float> _offset = [];

    internal int Rows { get; private set; }

    /// <summary>Adds a row, given its field in any column of the file.</summary>
    internal void Add(Func<int, float> field)
    {
        if (_values.Count + (long)roles.Features.Length > Array.MaxLength)
            throw new DataException(source, $"more than {Array.MaxLength} values do not fit in memory as one dense array");
        foreach (var column in roles.Features)
            _values.Add(field(column));
        if (roles.Target >= 0)
            _labels.Add(field(roles.Target));
        if (roles.Weight >= 0)
            _weights.Add(field(roles.Weight));
        if (roles.Offset >= 0)
            _offset.Add(field(roles.Offset));
        Rows++;
    }

    /// <summary>The rows since the last call.</summary>
    internal Dataset Take()
    {
        var result = new Dataset(source, _values.ToArray(), Rows, roles.Features.Length, roles.FeatureNames)
        {
            Labels = roles.Target >= 0 ? [.. _labels] : null,
            SampleWeights = roles.Weight >= 0 ? [.. _weights] : null,
            Offset = roles.Offset >= 0 ? [.. _offset] : null,
            SkipsNaN = skipsNaN,
        };
        _values.Clear();
        _labels.Clear();
        _weights.Clear();
        _offset.Clear();
        Rows = 0;
        return result;
    }
}
