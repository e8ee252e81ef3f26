using System.Globalization;
using csFastFloat;

namespace Kernels.Cli.Data;

/// <summary>Reads lines of LIBSVM: a label, and pairs index:value whose indices ascend.</summary>
internal ref struct LibSvmLine(string source, long number, ReadOptions options)
{
    private readonly int _maxColumns = options.MaxColumns;

    /// <summary>The line's number in the file, from 1.</summary>
    internal long Number { get; set; } = number;

    /// <summary>Reads a line that is not blank and returns its label; <paramref name="last"/> is its largest index.</summary>
    internal readonly float Read(ReadOnlySpan<char> line, (int Column, float Value)[] entries, ref int count, out int last)
    {
        last = 0;
        line = line.Trim();
        var at = EndOfToken(line, 0);
        var label = NumberOf(line[..at], "the label");
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
                at++;
            if (at == line.Length)
                return label;
            if (!TryReadPlain(line, ref at, last, out var index, out var value))
            {
                var end = EndOfToken(line, at);
                index = ReadToken(line[at..end], last, out value);
                at = end;
                if (index == 0) // qid
                    continue;
            }

            entries[count++] = (index - 1, value);
            last = index;
        }
    }

    internal readonly DataException Wrong(string what) => new(source, Number, what);

    // Digits, a colon and a number whose last character is a digit; all else is looked at more closely.
    private readonly bool TryReadPlain(ReadOnlySpan<char> line, ref int at, int last, out int index, out float value)
    {
        var (next, whole) = (at, 0L);
        for (; next < line.Length && char.IsAsciiDigit(line[next]) && whole <= _maxColumns; next++)
            whole = (10 * whole) + (line[next] - '0');
        (index, value) = ((int)Math.Min(whole, int.MaxValue), 0);
        if (whole <= last || whole > _maxColumns || next + 1 >= line.Length || line[next] != ':')
            return false;
        var number = line[(next + 1)..];
        if (!char.IsAsciiDigit(number[0]) && number[0] != '-')
            return false;
        if (!FastFloatParser.TryParseFloat(number, out var length, out value) || !char.IsAsciiDigit(number[length - 1])
            || (length < number.Length && !IsBlank(number[length])))
        {
            return false;
        }

        at = next + 1 + length;
        return true;
    }

    private readonly int ReadToken(ReadOnlySpan<char> token, int last, out float value)
    {
        value = 0;
        var colon = token.IndexOf(':');
        if (colon < 0)
            throw Wrong($"'{Message.Quote(token)}' is not index:value");
        if (token[..colon] is "qid")
            return 0;
        if (!int.TryParse(token[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index == 0)
            throw Wrong($"'{Message.Quote(token[..colon])}' is not a feature index from 1 to {int.MaxValue}");
        if (index <= last)
            throw Wrong($"feature {index} after feature {last}; the indices must ascend");
        if (index > _maxColumns)
            throw Wrong(options.TooManyColumns(index));
        value = NumberOf(token[(colon + 1)..], $"feature {index}");
        return index;
    }

    private readonly float NumberOf(ReadOnlySpan<char> text, string what) => Data.Number.TryParse(text, out float value)
        ? value
        : throw Wrong($"{what} is '{Message.Quote(text)}', which is not a number");

    private static int EndOfToken(ReadOnlySpan<char> line, int at)
    {
        while (at < line.Length && !IsBlank(line[at]))
            at++;
        return at;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
