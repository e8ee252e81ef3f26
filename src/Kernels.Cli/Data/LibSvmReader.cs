using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>LIBSVM/SVMlight: <c>label index:value index:value …  # comment</c>, indices from 1, ascending; what is absent is 0.</summary>
internal static class LibSvmReader
{
    // Whole slices, so that threads find their borders within one block.
    private const int SliceRows = GradientAccumulator<Links.Logit>.SliceRows;

    /// <summary>Reads all lines; there are as many columns as the largest index says. One block of dense rows, or, where they take more than
    /// they may, blocks of rows that are dense as long as they are looked at.</summary>
    internal static IReadOnlyList<Dataset> ReadAll(TextReader reader, string source, ReadOptions options)
    {
        var (labels, entries, rowEnds, columns) = (new List<float>(), new List<(int Column, float Value)>(), new List<int>(), 0);
        foreach (var (text, lineNumber) in Lines(reader))
        {
            columns = Math.Max(columns, ParseLine(text, source, lineNumber, options, labels, entries));
            rowEnds.Add(entries.Count);
            options.CheckSparseSize(source, labels.Count, entries.Count);
            options.Progress?.AddRows(1);
        }

        var features = ColumnNames.Numbered(columns);
        if (options.Fits(labels.Count, columns))
            return [Dense(source, labels, entries, rowEnds, features, options)];
        options.CheckSize(source, Math.Min(labels.Count, SliceRows), columns); // a slice is dense while it is looked at
        var (all, ends) = (new SparseRows.Entries([.. entries], columns), rowEnds.ToArray());
        var most = Math.Max(1, options.RowsOfABlock(columns) / SliceRows) * SliceRows;
        var blocks = new List<Dataset>();
        for (var start = 0; start < ends.Length; start += most)
        {
            var count = Math.Min(most, ends.Length - start);
            blocks.Add(new(source, new SparseRows(all, ends, start), count, columns, features)
            {
                Labels = [.. labels[start..(start + count)]],
                SkipsNaN = options.SkipsNaN,
            });
        }

        return blocks;
    }

    /// <summary>Reads blocks of so many rows with the features of a model; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(TextReader reader, string source, string[] features, int blockRows, ReadOptions options)
    {
        blockRows = Math.Min(blockRows, options.RowsOfABlock(features.Length));
        var (labels, entries, rowEnds, blocks) = (new List<float>(), new List<(int Column, float Value)>(), new List<int>(), 0);
        foreach (var (text, lineNumber) in Lines(reader))
        {
            var last = ParseLine(text, source, lineNumber, options, labels, entries);
            if (last > features.Length)
                throw new DataException(source, lineNumber, $"feature {last}, but the model has {features.Length}");
            rowEnds.Add(entries.Count);
            if (rowEnds.Count < blockRows)
                continue;
            blocks++;
            yield return Dense(source, labels, entries, rowEnds, features, options);
            labels.Clear();
            entries.Clear();
            rowEnds.Clear();
        }

        if (rowEnds.Count > 0 || blocks == 0)
            yield return Dense(source, labels, entries, rowEnds, features, options);
    }

    private static Dataset Dense(
        string source,
        List<float> labels,
        List<(int Column, float Value)> entries,
        List<int> rowEnds,
        string[] features,
        ReadOptions options)
    {
        var columns = features.Length;
        var values = new float[labels.Count * columns];
        var entry = 0;
        for (var row = 0; row < rowEnds.Count; row++)
        {
            for (; entry < rowEnds[row]; entry++)
                values[(row * columns) + entries[entry].Column] = entries[entry].Value;
        }

        return new(source, new RowsInMemory(values, columns), labels.Count, columns, features)
        {
            Labels = [.. labels],
            SkipsNaN = options.SkipsNaN,
        };
    }

    private static IEnumerable<(string Text, long Number)> Lines(TextReader reader)
    {
        var number = 0L;
        while (reader.ReadLine() is { } text)
        {
            number++;
            if (text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var comment)
                text = text[..comment];
            if (!string.IsNullOrWhiteSpace(text))
                yield return (text, number);
        }
    }

    /// <summary>Returns the line's largest index.</summary>
    private static int ParseLine(
        ReadOnlySpan<char> line,
        string source,
        long lineNumber,
        ReadOptions options,
        List<float> labels,
        List<(int Column, float Value)> entries)
    {
        var (last, first) = (0, true);
        foreach (var range in line.SplitAny(' ', '\t'))
        {
            var token = line[range];
            if (token.IsEmpty)
                continue;
            if (first)
            {
                labels.Add(NumberOf(token, "the label"));
                first = false;
                continue;
            }

            var colon = token.IndexOf(':');
            if (colon < 0)
                throw new DataException(source, lineNumber, $"'{Message.Quote(token)}' is not index:value");
            if (token[..colon] is "qid")
                continue;
            if (!int.TryParse(token[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index == 0)
                throw new DataException(
                    source, lineNumber, $"'{Message.Quote(token[..colon])}' is not a feature index from 1 to {int.MaxValue}");
            if (index <= last)
                throw new DataException(source, lineNumber, $"feature {index} after feature {last}; the indices must ascend");
            if (index > options.MaxColumns)
                throw new DataException(source, lineNumber, options.TooManyColumns(index));
            entries.Add((index - 1, NumberOf(token[(colon + 1)..], $"feature {index}")));
            last = index;
        }

        return last;

        float NumberOf(ReadOnlySpan<char> text, string what) =>
            Number.TryParse(text, out float value)
                ? value
                : throw new DataException(source, lineNumber, $"{what} is '{Message.Quote(text)}', which is not a number");
    }
}
