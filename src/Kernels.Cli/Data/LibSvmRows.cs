using System.Buffers;

namespace Kernels.Cli.Data;

/// <summary>The rows of a block of a LIBSVM text: dense where that takes less memory than index and value of what is there.</summary>
internal sealed class LibSvmRows
{
    private readonly float[]? _dense;
    private readonly (int Column, float Value)[] _entries;
    private readonly int[] _rowEnds;

    private LibSvmRows(float[] labels, int columns, int values, float[]? dense, (int Column, float Value)[] entries, int[] rowEnds) =>
        (Labels, Columns, Values, _dense, _entries, _rowEnds) = (labels, columns, values, dense, entries, rowEnds);

    internal float[] Labels { get; }

    internal int Rows => Labels.Length;

    /// <summary>The largest index.</summary>
    internal int Columns { get; }

    /// <summary>How many values the text has.</summary>
    internal int Values { get; }

    /// <summary>What they take in memory, and what the labels do.</summary>
    internal long Bytes => sizeof(float) * ((2L * Rows) + (_dense?.LongLength ?? 2L * Values));

    /// <summary>Reads a block.</summary>
    /// <param name="block">Whole lines.</param>
    /// <param name="source">The file, for messages.</param>
    /// <param name="options">How many columns there may be.</param>
    /// <param name="features">How many a model has; null for as many as there are.</param>
    internal static LibSvmRows Read(TextBlock block, string source, ReadOptions options, int? features)
    {
        var (labels, rowEnds, columns, count) = (new List<float>(), new List<int>(), 0, 0);

        // A value takes three characters and what parts it from the next.
        var entries = ArrayPool<(int Column, float Value)>.Shared.Rent((block.Length / 4) + 1);
        try
        {
            var line = new LibSvmLine(source, block.FirstLine, options);
            for (var rest = block.Text; !rest.IsEmpty; line.Number++)
            {
                var end = rest.IndexOfAny('\n', '\r');
                var text = end < 0 ? rest : rest[..end];
                rest = end < 0 ? [] : rest[(end + (rest[end..] is ['\r', '\n', ..] ? 2 : 1))..];
                if (text.IndexOf('#') is >= 0 and var comment)
                    text = text[..comment];
                if (text.IsWhiteSpace())
                    continue;
                labels.Add(line.Read(text, entries, ref count, out var last));
                if (last > features)
                    throw line.Wrong($"feature {last}, but the model has {features}");
                columns = Math.Max(columns, last);
                rowEnds.Add(count);
            }

            return Of([.. labels], columns, entries.AsSpan(0, count), [.. rowEnds]);
        }
        finally
        {
            ArrayPool<(int Column, float Value)>.Shared.Return(entries);
        }
    }

    private static LibSvmRows Of(float[] labels, int columns, ReadOnlySpan<(int Column, float Value)> entries, int[] rowEnds)
    {
        if ((long)labels.Length * columns > 2L * entries.Length)
            return new(labels, columns, entries.Length, null, entries.ToArray(), rowEnds);
        var dense = new float[labels.Length * columns];
        for (int row = 0, next = 0; row < rowEnds.Length; row++)
        {
            for (var at = row * columns; next < rowEnds[row]; next++)
                dense[at + entries[next].Column] = entries[next].Value;
        }

        return new(labels, columns, entries.Length, dense, [], []);
    }

    /// <summary>Writes some rows where zeros are, so many floats apart.</summary>
    internal void CopyTo(int first, int count, Span<float> to, int stride)
    {
        for (var i = 0; i < count; i++)
        {
            var row = first + i;
            if (_dense is not null)
            {
                _dense.AsSpan(row * Columns, Columns).CopyTo(to[(i * stride)..]);
                continue;
            }

            for (var next = row == 0 ? 0 : _rowEnds[row - 1]; next < _rowEnds[row]; next++)
                to[(i * stride) + _entries[next].Column] = _entries[next].Value;
        }
    }

    /// <summary>Writes what is not 0, and where each row ends; returns the entry after the last.</summary>
    internal int CopyTo((int Column, float Value)[] entries, int next, Span<int> rowEnds)
    {
        for (var row = 0; row < Rows; row++)
        {
            if (_dense is null)
            {
                var start = row == 0 ? 0 : _rowEnds[row - 1];
                _entries.AsSpan(start, _rowEnds[row] - start).CopyTo(entries.AsSpan(next));
                next += _rowEnds[row] - start;
            }

            for (var j = 0; j < Columns && _dense is not null; j++)
            {
                var value = _dense[(row * Columns) + j];
                if (BitConverter.SingleToUInt32Bits(value) != 0) // −0 stays
                    entries[next++] = (j, value);
            }

            rowEnds[row] = next;
        }

        return next;
    }
}
