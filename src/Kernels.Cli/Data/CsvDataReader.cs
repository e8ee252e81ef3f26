namespace Kernels.Cli.Data;

/// <summary>Numbers parted by commas, semicolons, tabs or bars, with a header or without.</summary>
internal static class CsvDataReader
{
    /// <summary>Reads blocks of so many rows; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(LineReader text, string source, ReadOptions options, Func<string[], ColumnRoles> rolesOf, int blockRows)
    {
        using var csv = new CsvRows(text, source, options);
        do
        {
            if (!csv.Next())
                throw new DataException(source, "the file is empty");
        }
        while (csv.IsBlank);

        csv.Names = options.HasHeader ? csv.Texts() : ColumnNames.Numbered(Math.Min(csv.Count, options.MaxColumns + 1));
        if (options.HasHeader && LooksLikeData(csv.Names))
            throw new DataException(source, csv.Line, "the first line is numbers and no names; --no-header takes it for data");
        var roles = rolesOf(csv.Names);
        var builder = new DatasetBuilder(source, roles, options);
        blockRows = Math.Min(blockRows, options.RowsOfABlock(roles.Used));

        // Without a header the first record is data, and has been read.
        var pending = !options.HasHeader;
        var (blocks, blank) = (0, 0);
        while (pending || csv.Next())
        {
            pending = false;
            if (csv.IsBlank)
            {
                blank++; // at the end of a file they are no rows
                continue;
            }

            for (; blank > 0 && csv.Names.Length == 1; blank--)
                builder.Add(csv.BlankFields(csv.Line - blank));
            blank = 0;
            if (csv.Count != csv.Names.Length)
                throw new DataException(source, csv.Line, $"{csv.Count} columns where the first line has {csv.Names.Length}");
            builder.Add(csv.Fields);
            if (builder.Rows < blockRows)
                continue;
            blocks++;
            yield return builder.Take();
        }

        if (builder.Rows > 0 || blocks == 0)
            yield return builder.Take();
    }

    // 1, 2, … are names that this tool writes itself.
    private static bool LooksLikeData(string[] names) =>
        Array.TrueForAll(names, name => Number.TryParse(name, out double _)) && !names.SequenceEqual(ColumnNames.Numbered(names.Length));
}
