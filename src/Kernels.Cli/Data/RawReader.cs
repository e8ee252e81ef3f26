using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>Row-major little-endian float32 and nothing else. The label is the first or the last column, so that the features of a row lie together and are not copied.</summary>
internal static class RawReader
{
    private const int SliceRows = GradientAccumulator<Links.Logit>.SliceRows;

    /// <summary>Maps the file in blocks of rows; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        if (!BitConverter.IsLittleEndian)
            throw new DataException(path, "raw files are little-endian, and this machine is not");
        if (options.RawColumns < 1)
            throw new DataException("--columns", "raw floats need the number of columns of a row, the label's included");
        var bytes = new FileInfo(path) is { Exists: true } file ? file.Length : throw new FileNotFoundException(null, path);
        var rowBytes = (long)sizeof(float) * options.RawColumns;
        if (bytes % rowBytes != 0)
            throw new DataException(path, $"{bytes} bytes are no multiple of {options.RawColumns} float32");

        string[] names = [.. Enumerable.Range(1, options.RawColumns).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var roles = rolesOf(names);
        if (roles.Features.Length > 0 && roles.Features[^1] - roles.Features[0] != roles.Features.Length - 1)
            throw new DataException(path, "the features of a row of raw floats must lie together: label, weight and offset go before or after them");
        var rows = bytes / rowBytes;
        if (rows == 0)
            yield return new(path, default, 0, options.RawColumns, roles.FeatureNames) { Labels = roles.Target >= 0 ? [] : null };

        // Whole slices, so that threads and accumulators find their borders within one mapping.
        var most = Math.Max(1, options.MapValues / options.RawColumns / SliceRows) * SliceRows;
        if ((long)most * options.RawColumns > Array.MaxLength)
            throw new DataException(path, $"{SliceRows} rows of {options.RawColumns} columns are too many for one mapping");
        for (var start = 0L; start < rows; start += most)
            yield return Map(path, options, roles, start, (int)Math.Min(most, rows - start));
    }

    private static Dataset Map(string path, ReadOptions options, ColumnRoles roles, long start, int rows)
    {
        var mapped = new MappedFloats(path, start * options.RawColumns, rows * options.RawColumns);
        var first = roles.Features.Length > 0 ? roles.Features[0] : 0;
        return new(path, mapped.Memory[first..], rows, options.RawColumns, roles.FeatureNames)
        {
            Owner = mapped,
            Labels = Column(roles.Target),
            SampleWeights = Column(roles.Weight),
            Offset = Column(roles.Offset),
            SkipsNaN = options.SkipsNaN,
        };

        float[]? Column(int column)
        {
            if (column < 0)
                return null;
            var all = mapped.GetSpan();
            var values = new float[rows];
            for (var i = 0; i < rows; i++)
                values[i] = all[(i * options.RawColumns) + column];
            return values;
        }
    }
}
