using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>LIBSVM/SVMlight: <c>label index:value index:value …  # comment</c>, indices from 1, ascending; what is absent is 0.</summary>
internal static class LibSvmReader
{
    /// <summary>Reads all lines; there are as many columns as the largest index says.</summary>
    internal static Dataset ReadAll(TextReader reader, string source, bool skipsNaN = false)
    {
        var (labels, entries, rowEnds, columns) = (new List<float>(), new List<(int Column, float Value)>(), new List<int>(), 0);
        foreach (var (text, lineNumber) in Lines(reader))
        {
            columns = Math.Max(columns, ParseLine(text, source, lineNumber, labels, entries));
            rowEnds.Add(entries.Count);
        }

        CheckSize(source, labels.Count, columns);
        return Dense(source, labels, entries, rowEnds, [.. Enumerable.Range(1, columns).Select(i => i.ToString(CultureInfo.InvariantCulture))], skipsNaN);
    }

    /// <summary>Reads blocks of so many rows with the features of a model; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(TextReader reader, string source, string[] features, int blockRows, bool skipsNaN)
    {
        var (labels, entries, rowEnds, blocks) = (new List<float>(), new List<(int Column, float Value)>(), new List<int>(), 0);
        foreach (var (text, lineNumber) in Lines(reader))
        {
            var last = ParseLine(text, source, lineNumber, labels, entries);
            if (last > features.Length)
                throw new DataException(source, lineNumber, $"feature {last}, but the model has {features.Length}");
            rowEnds.Add(entries.Count);
            if (rowEnds.Count < blockRows)
                continue;
            blocks++;
            yield return Dense(source, labels, entries, rowEnds, features, skipsNaN);
            labels.Clear();
            entries.Clear();
            rowEnds.Clear();
        }

        if (rowEnds.Count > 0 || blocks == 0)
            yield return Dense(source, labels, entries, rowEnds, features, skipsNaN);
    }

    private static Dataset Dense(string source, List<float> labels, List<(int Column, float Value)> entries, List<int> rowEnds, string[] features, bool skipsNaN)
    {
        var columns = features.Length;
        CheckSize(source, labels.Count, columns);
        var values = new float[labels.Count * columns];
        var entry = 0;
        for (var row = 0; row < rowEnds.Count; row++)
        {
            for (; entry < rowEnds[row]; entry++)
                values[(row * columns) + entries[entry].Column] = entries[entry].Value;
        }

        return new(source, values, labels.Count, columns, features) { Labels = [.. labels], SkipsNaN = skipsNaN };
    }

    private static void CheckSize(string source, int rows, int columns)
    {
        if ((long)rows * columns > Array.MaxLength)
            throw new DataException(source, $"{rows} rows of {columns} features are more than fits in memory as one dense array");
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
    private static int ParseLine(ReadOnlySpan<char> line, string source, long lineNumber, List<float> labels, List<(int Column, float Value)> entries)
    {
        var (last, first) = (0, true);
        foreach (var range in line.SplitAny(' ', '\t'))
        {
            var token = line[range];
            if (token.IsEmpty)
                continue;
            if (first)
            {
                labels.Add(Number(token, "the label"));
                first = false;
                continue;
            }

            var colon = token.IndexOf(':');
            if (colon < 0)
                throw new DataException(source, lineNumber, $"'{token}' is not index:value");
            if (token[..colon] is "qid")
                continue;
            if (!int.TryParse(token[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index == 0)
                throw new DataException(source, lineNumber, $"'{token[..colon]}' is not a feature index from 1 to {int.MaxValue}");
            if (index <= last)
                throw new DataException(source, lineNumber, $"feature {index} after feature {last}; the indices must ascend");
            entries.Add((index - 1, Number(token[(colon + 1)..], $"feature {index}")));
            last = index;
        }

        return last;

        float Number(ReadOnlySpan<char> text, string what) =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new DataException(source, lineNumber, $"{what} is '{text}', which is not a number");
    }
}
