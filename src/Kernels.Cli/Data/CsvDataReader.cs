using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Kernels.Cli.Data;

/// <summary>Comma-separated numbers, with a header or without.</summary>
internal static class CsvDataReader
{
    /// <summary>Reads blocks of so many rows; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(TextReader reader, string source, ReadOptions options, Func<string[], ColumnRoles> rolesOf, int blockRows)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t"],
            TrimOptions = TrimOptions.Trim,
            HasHeaderRecord = false,
            BadDataFound = null,
        };
        using var csv = new CsvParser(reader, configuration, leaveOpen: true);
        if (!csv.Read())
            throw new DataException(source, "the file is empty");
        var names = options.HasHeader
            ? csv.Record!
            : [.. Enumerable.Range(1, csv.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var builder = new DatasetBuilder(source, rolesOf(names), options.SkipsNaN);

        // Without a header the first record is data, and has been read.
        var pending = !options.HasHeader;
        var blocks = 0;
        while (pending || csv.Read())
        {
            pending = false;
            if (csv.Count != names.Length)
                throw new DataException(source, csv.RawRow, $"{csv.Count} columns where the first line has {names.Length}");
            builder.Add(Field);
            if (builder.Rows < blockRows)
                continue;
            blocks++;
            yield return builder.Take();
        }

        if (builder.Rows > 0 || blocks == 0)
            yield return builder.Take();

        float Field(int column)
        {
            var text = csv[column];
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                return value;
            if (options.SkipsNaN && text.ToUpperInvariant() is "" or "NA" or "N/A" or "NULL")
                return float.NaN;
            throw new DataException(source, csv.RawRow, $"column '{names[column]}' is '{text}', which is not a number");
        }
    }
}
