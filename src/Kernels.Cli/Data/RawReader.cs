using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>Row-major little-endian float32 and nothing else. The label is the first or the last column, so that the features of a row lie together and are not copied.</summary>
internal static class RawReader
{
    internal static Dataset Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        if (!BitConverter.IsLittleEndian)
            throw new DataException(path, "raw files are little-endian, and this machine is not");
        if (options.RawColumns < 1)
            throw new DataException("--columns", "raw floats need the number of columns of a row, the label's included");
        var bytes = new FileInfo(path) is { Exists: true } file ? file.Length : throw new FileNotFoundException(null, path);
        var rowBytes = (long)sizeof(float) * options.RawColumns;
        if (bytes % rowBytes != 0)
            throw new DataException(path, $"{bytes} bytes are no multiple of {options.RawColumns} float32");
        if (bytes / sizeof(float) > int.MaxValue)
            throw new DataException(path, $"{bytes / sizeof(float)} values; one mapping has at most {int.MaxValue}");

        string[] names = [.. Enumerable.Range(1, options.RawColumns).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var roles = rolesOf(names);
        if (roles.Features.Length > 0 && roles.Features[^1] - roles.Features[0] != roles.Features.Length - 1)
            throw new DataException(path, "the features of a row of raw floats must lie together: label, weight and offset go before or after them");
        var rows = (int)(bytes / rowBytes);
        if (rows == 0)
            return new(path, default, 0, options.RawColumns, roles.FeatureNames) { Labels = roles.Target >= 0 ? [] : null };

        var mapped = new MappedFloats(path, (int)(bytes / sizeof(float)));
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
