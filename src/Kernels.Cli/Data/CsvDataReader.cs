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
            IgnoreBlankLines = false, // in a file of one column an empty line is a row
            MaxFieldSize = MostCharsOfAField,
        };
        using var csv = new CsvParser(reader, configuration, leaveOpen: true);
        if (!Next())
            throw new DataException(source, "the file is empty");
        while (IsBlank())
        {
            if (!Next())
                throw new DataException(source, "the file is empty");
        }

        var names = options.HasHeader
            ? csv.Record!
            : ColumnNames.Numbered(Math.Min(csv.Count, options.MaxColumns + 1));
        if (options.HasHeader && LooksLikeData(names))
            throw new DataException(source, csv.RawRow, "the first line is numbers and no names; --no-header takes it for data");
        var roles = rolesOf(names);
        var builder = new DatasetBuilder(source, roles, options);
        blockRows = Math.Min(blockRows, options.RowsOfABlock(roles.Used));

        // Without a header the first record is data, and has been read.
        var pending = !options.HasHeader;
        var (blocks, blank) = (0, 0);
        while (pending || Next())
        {
            pending = false;
            if (IsBlank())
            {
                blank++; // at the end of a file they are no rows
                continue;
            }

            for (; blank > 0 && names.Length == 1; blank--)
                builder.Add(_ => Missing(string.Empty, 0));
            blank = 0;
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
            if (options.HasDecimalComma && !text.Contains('.', StringComparison.Ordinal))
                text = text.Replace(',', '.');
            if (Number.TryParse(text, out double value))
                return value;
            return text.ToUpperInvariant() switch
            {
                "TRUE" or "YES" => 1,
                "FALSE" or "NO" => 0,
                _ => Missing(csv[column], column),
            };
        }

        // NaN, or what can be done about a field that is no number.
        double Missing(string text, int column)
        {
            var isMissing = text.ToUpperInvariant() is "" or "NA" or "N/A" or "NULL";
            if (options.SkipsNaN && isMissing)
                return double.NaN;
            var help = isMissing ? "; --skip-nan leaves out such rows"
                : !options.HasDecimalComma && Number.TryParse(text.Replace(',', '.'), out double _) ? "; --decimal , reads a decimal comma"
                : $"; --drop {Message.Quote(names[column])} leaves the column out of training";
            throw new DataException(
                source, csv.RawRow - blank, $"column '{Message.Quote(names[column])}' is '{Message.Quote(text)}', which is not a number{help}");
        }

        bool IsBlank() => csv.Count == 0 || (csv.Count == 1 && string.IsNullOrWhiteSpace(csv.RawRecord));

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

    // 1, 2, … are names that this tool writes itself.
    private static bool LooksLikeData(string[] names) =>
        Array.TrueForAll(names, name => Number.TryParse(name, out double _)) && !names.SequenceEqual(ColumnNames.Numbered(names.Length));
}
