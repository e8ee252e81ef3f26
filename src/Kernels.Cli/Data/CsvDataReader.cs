namespace Kernels.Cli.Data;

/// <summary>Numbers parted by commas, semicolons, tabs or bars, with a header or without; read by all processors, block by block.</summary>
internal static class CsvDataReader
{
    /// <summary>Reads blocks of at most so many rows, as far as one thread reads; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(
        LineReader text, string source, ReadOptions options, Func<string[], ColumnRoles> rolesOf, int blockRows)
    {
        var delimiter = options.Delimiter ?? CsvDelimiter.Of(text.PeekLine());
        var numbers = new CsvNumbers(source, delimiter, options);
        var blocks = new TextBlocks(text, source, quote: '"');
        DatasetBuilder? builder = null;
        ColumnRoles? roles = null;
        var (taken, blank) = (0, 0);
        while (blocks.Next() is { } block)
        {
            using var own = block;
            using var csv = new CsvRows(block, source, delimiter, numbers);
            var hasRecord = csv.Next();
            if (builder is null)
            {
                while (hasRecord && csv.IsBlank)
                    hasRecord = csv.Next();
                if (!hasRecord)
                    continue;
                numbers.Names = options.HasHeader ? csv.Texts() : ColumnNames.Numbered(Math.Min(csv.Count, options.MaxColumns + 1));
                if (options.HasHeader && LooksLikeData(numbers.Names))
                    throw new DataException(source, csv.Line, "the first line is numbers and no names; --no-header takes it for data");
                roles = rolesOf(numbers.Names);
                numbers.Target = (roles.Target, roles.LabelWords);
                builder = new DatasetBuilder(source, roles, options);
                blockRows = Math.Min(blockRows, options.RowsOfABlock(roles.Used));
                if (options.HasHeader)
                    hasRecord = csv.Next();
            }

            for (; hasRecord; hasRecord = csv.Next())
            {
                blank = Add(csv, builder, blank);
                if (builder.Rows < blockRows)
                    continue;
                taken++;
                yield return builder.Take();
            }

            if (builder.Shift is not { } shift || !CanBeParted(roles!))
                continue;
            yield return builder.Take();
            var parted = options with { Shift = shift.Values, ChoosesShift = false };
            foreach (var some in blocks.InOrder(rest => ReadBlock(rest, source, parted, delimiter, numbers, roles!)))
                yield return some;
            yield break;
        }

        if (builder is null)
            throw new DataException(source, "the file is empty");
        if (builder.Rows > 0 || taken == 0)
            yield return builder.Take();
    }

    private static Dataset ReadBlock(
        TextBlock block, string source, ReadOptions options, char delimiter, CsvNumbers numbers, ColumnRoles roles)
    {
        using var csv = new CsvRows(block, source, delimiter, numbers);
        var builder = new DatasetBuilder(source, roles, options);
        for (var blank = 0; csv.Next();)
            blank = Add(csv, builder, blank);
        return builder.Take();
    }

    // Adds a record, and the empty lines before it where these are rows: those of one column, but for the last of a file. Returns how many
    // wait.
    private static int Add(CsvRows csv, DatasetBuilder builder, int blank)
    {
        if (csv.IsBlank)
            return blank + 1;
        for (; blank > 0 && csv.Names.Length == 1; blank--)
            builder.Add(csv.BlankFields(csv.Line - blank));
        if (csv.Count != csv.Names.Length)
            throw new DataException(csv.Source, csv.Line, $"{csv.Count} columns where the first line has {csv.Names.Length}");
        builder.Add(csv.Fields);
        return 0;
    }

    // Empty lines of one column may be rows or the end of the file, and new words are numbered as they come, those of labels too.
    private static bool CanBeParted(ColumnRoles roles) =>
        Environment.ProcessorCount > 1 && roles.FileColumns > 1 && (roles.Target < 0 || roles.LabelWords.AreKnown)
            && (roles.Levels is null || Array.TrueForAll(roles.Levels, levels => levels is null or { IsKnown: true }));

    // 1, 2, … are names that this tool writes itself.
    private static bool LooksLikeData(string[] names) =>
        Array.TrueForAll(names, name => Number.TryParse(name, out double _)) && !names.SequenceEqual(ColumnNames.Numbered(names.Length));
}
