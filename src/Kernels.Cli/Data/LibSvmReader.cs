namespace Kernels.Cli.Data;

/// <summary>LIBSVM/SVMlight: <c>label index:value index:value …  # comment</c>, indices from 1, ascending; what is absent is 0. Read by
/// all processors, block by block.</summary>
internal static class LibSvmReader
{
    // Whole slices, so that threads find their borders within one block.
    private const int SliceRows = GradientAccumulator<Links.Logit>.SliceRows;

    /// <summary>Reads all lines; there are as many columns as the largest index says. One block of dense rows, or, where they take more
    /// than they may, blocks of rows that are dense as long as they are looked at.</summary>
    internal static IReadOnlyList<Dataset> ReadAll(TextReader reader, string source, ReadOptions options)
    {
        var (parts, rows, values, bytes) = (new List<LibSvmRows>(), 0L, 0L, 0L);
        foreach (var part in new TextBlocks(reader, source, quote: null).InOrder(block => LibSvmRows.Read(block, source, options, null)))
        {
            (rows, values, bytes) = (rows + part.Rows, values + part.Values, bytes + part.Bytes);
            options.CheckSparseSize(source, rows, values, bytes);
            options.Progress?.AddRows(part.Rows);
            parts.Add(part);
        }

        var columns = parts.Count == 0 ? 0 : parts.Max(part => part.Columns);
        var features = ColumnNames.Numbered(columns);
        if (options.Fits(rows, columns))
            return [Dense(parts, (int)rows, source, features, options)];
        options.CheckSize(source, Math.Min(rows, SliceRows), columns); // a slice is dense while it is looked at
        return Sparse(parts, (int)rows, (int)values, source, features, options);
    }

    /// <summary>Reads blocks of at most so many rows with the features of a model; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(TextReader reader, string source, string[] features, int blockRows, ReadOptions options)
    {
        blockRows = Math.Min(blockRows, options.RowsOfABlock(features.Length));
        var blocks = 0;
        foreach (var part in new TextBlocks(reader, source, quote: null)
            .InOrder(block => LibSvmRows.Read(block, source, options, features.Length)))
        {
            for (var first = 0; first < part.Rows; first += blockRows, blocks++)
            {
                var count = Math.Min(blockRows, part.Rows - first);
                var values = new float[count * features.Length];
                part.CopyTo(first, count, values, features.Length);
                yield return Of(new RowsInMemory(values, features.Length), part.Labels[first..(first + count)], source, features, options);
            }
        }

        if (blocks == 0)
            yield return Of(new RowsInMemory([], features.Length), [], source, features, options);
    }

    // Each part is given back as it is copied.
    private static Dataset Dense(List<LibSvmRows> parts, int rows, string source, string[] features, ReadOptions options)
    {
        var (labels, values, row) = (new float[rows], new float[rows * features.Length], 0);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            part.CopyTo(0, part.Rows, values.AsSpan(row * features.Length), features.Length);
            part.Labels.CopyTo(labels, row);
            row += part.Rows;
            parts[i] = null!;
        }

        return Of(new RowsInMemory(values, features.Length), labels, source, features, options);
    }

    private static List<Dataset> Sparse(
        List<LibSvmRows> parts, int rows, int values, string source, string[] features, ReadOptions options)
    {
        var (labels, entries, ends) = (new float[rows], new (int Column, float Value)[values], new int[rows]);
        var (row, next) = (0, 0);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            next = part.CopyTo(entries, next, ends.AsSpan(row));
            part.Labels.CopyTo(labels, row);
            row += part.Rows;
            parts[i] = null!;
        }

        var all = new SparseRows.Entries(entries, features.Length);
        var most = Math.Max(1, options.RowsOfABlock(features.Length) / SliceRows) * SliceRows;
        var blocks = new List<Dataset>();
        for (var start = 0; start < rows; start += most)
        {
            var some = labels[start..Math.Min(rows, start + most)];
            blocks.Add(Of(new SparseRows(all, ends, start), some, source, features, options));
        }

        return blocks;
    }

    private static Dataset Of(IRows values, float[] labels, string source, string[] features, ReadOptions options) =>
        new(source, values, labels.Length, features.Length, features) { Labels = labels, SkipsNaN = options.SkipsNaN };
}
