using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Kernels.Cli.Data;

/// <summary>Comma-separated numbers, with a header or without.</summary>
internal static class CsvDataReader
{
    // Of a number: some are written with a thousand digits. A quote that is never closed is a field, too.
    private const int MostCharsOfAField = 1 << 16;

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
            MaxFieldSize = MostCharsOfAField,
        };
        using var csv = new CsvParser(reader, configuration, leaveOpen: true);
        if (!Next())
            throw new DataException(source, "the file is empty");
        var names = options.HasHeader
            ? csv.Record!
            : ColumnNames.Numbered(Math.Min(csv.Count, options.MaxColumns + 1));
        var roles = rolesOf(names);
        var builder = new DatasetBuilder(source, roles, options);
        blockRows = Math.Min(blockRows, options.RowsOfABlock(roles.Used));

        // Without a header the first record is data, and has been read.
        var pending = !options.HasHeader;
        var blocks = 0;
        while (pending || Next())
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

        double Field(int column)
        {
            var text = csv[column];
            if (Number.TryParse(text, out double value))
                return value;
            if (options.SkipsNaN && text.ToUpperInvariant() is "" or "NA" or "N/A" or "NULL")
                return double.NaN;
            throw new DataException(
                source, csv.RawRow, $"column '{Message.Quote(names[column])}' is '{Message.Quote(text)}', which is not a number");
        }

        bool Next()
        {
            try
            {
                return csv.Read();
            }
            catch (MaxFieldSizeException)
            {
                throw new DataException(source, csv.RawRow, $"a field of more than {MostCharsOfAField} characters");
            }
            catch (CsvHelperException e)
            {
                throw new DataException(source, csv.RawRow, "cannot be read as CSV: " + e.Message);
            }
        }
    }
}
