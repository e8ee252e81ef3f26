using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Kernels.Cli.Data;

/// <summary>Comma-separated numbers, with a header or without; one column is the label.</summary>
internal static class CsvDataReader
{
    /// <summary>All columns but the target, and the target as the label.</summary>
    internal static Dataset ReadLabeled(TextReader reader, string source, ReadOptions options)
    {
        using var csv = Open(reader, source, options, out var names);
        var target = options.Target is null ? names.Length - 1 : Find(names, options.Target, source);
        int[] columns = [.. Enumerable.Range(0, names.Length).Where(i => i != target)];
        return Read(csv, source, names, columns, target, options.HasHeader);
    }

    /// <summary>The model's features, by name where the file has a header; other columns are ignored.</summary>
    internal static Dataset ReadFor(TextReader reader, string source, ReadOptions options, string[] features)
    {
        using var csv = Open(reader, source, options, out var names);
        if (options.HasHeader && (features.All(names.Contains) || !features.All(name => int.TryParse(name, out _))))
            return Read(csv, source, names, Array.ConvertAll(features, name => Find(names, name, source)), target: -1, options.HasHeader);

        // Columns without names: the features in order, with or without a target among them.
        var target = options.Target is null ? features.Length : Find(names, options.Target, source);
        int[] columns = names.Length == features.Length
            ? [.. Enumerable.Range(0, names.Length)]
            : [.. Enumerable.Range(0, names.Length).Where(i => i != target)];
        if (columns.Length != features.Length)
            throw new DataException(source, 1, $"{names.Length} columns, but the model has {features.Length} features");
        return Read(csv, source, names, columns, target: -1, options.HasHeader);
    }

    private static CsvParser Open(TextReader reader, string source, ReadOptions options, out string[] names)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t"],
            TrimOptions = TrimOptions.Trim,
            HasHeaderRecord = false,
            BadDataFound = null,
        };
        var csv = new CsvParser(reader, configuration, leaveOpen: true);
        if (!csv.Read())
            throw new DataException(source, "the file is empty");
        names = options.HasHeader
            ? csv.Record!
            : [.. Enumerable.Range(1, csv.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return csv;
    }

    private static int Find(string[] names, string name, string source)
    {
        var index = Array.IndexOf(names, name);
        if (index >= 0)
            return index;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= names.Length)
            return number - 1;
        throw new DataException(source, 1, $"there is no column '{name}'; the columns are {string.Join(", ", names)}");
    }

    private static Dataset Read(CsvParser csv, string source, string[] names, int[] columns, int target, bool hasHeader)
    {
        var (values, labels, rows) = (new List<float>(), new List<float>(), 0);

        // Without a header the first record is data, and has been read.
        var pending = !hasHeader;
        while (pending || csv.Read())
        {
            pending = false;
            if (csv.Count != names.Length)
                throw new DataException(source, csv.RawRow, $"{csv.Count} columns where the first line has {names.Length}");
            foreach (var column in columns)
                values.Add(Number(csv, source, names, column));
            if (target >= 0)
                labels.Add(Number(csv, source, names, target));
            rows++;
        }

        return new(source, [.. values], rows, [.. columns.Select(i => names[i])], target >= 0 ? [.. labels] : null);
    }

    private static float Number(CsvParser csv, string source, string[] names, int column) =>
        float.TryParse(csv[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new DataException(source, csv.RawRow, $"column '{names[column]}' is '{csv[column]}', which is not a number");
}
