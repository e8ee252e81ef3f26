using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>LIBSVM/SVMlight: <c>label index:value index:value …  # comment</c>, indices from 1, ascending; what is absent is 0.</summary>
internal static class LibSvmReader
{
    /// <summary>Reads all lines.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="source">The file's name for messages.</param>
    /// <param name="features">The columns of the matrix; null for as many as the largest index.</param>
    internal static Dataset Read(TextReader reader, string source, string[]? features = null)
    {
        var (labels, entries, rowEnds) = (new List<float>(), new List<(int Column, float Value)>(), new List<int>());
        var (columns, lineNumber) = (features?.Length ?? 0, 0L);
        while (reader.ReadLine() is { } text)
        {
            lineNumber++;
            var line = text.AsSpan();
            if (line.IndexOf('#') is >= 0 and var comment)
                line = line[..comment];
            line = line.Trim();
            if (line.IsEmpty)
                continue;
            var last = ParseLine(line, source, lineNumber, labels, entries);
            if (features is not null && last > columns)
                throw new DataException(source, lineNumber, $"feature {last}, but the model has {columns}");
            columns = Math.Max(columns, last);
            rowEnds.Add(entries.Count);
        }

        if ((long)labels.Count * columns > Array.MaxLength)
            throw new DataException(source, $"{labels.Count} rows of {columns} features are more than fits in memory as one dense array");
        var values = new float[labels.Count * columns];
        var entry = 0;
        for (var row = 0; row < rowEnds.Count; row++)
        {
            for (; entry < rowEnds[row]; entry++)
                values[(row * columns) + entries[entry].Column] = entries[entry].Value;
        }

        features ??= [.. Enumerable.Range(1, columns).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return new(source, values, labels.Count, features, [.. labels]);
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
