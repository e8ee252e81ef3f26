namespace Kernels.Cli.Data;

/// <summary>What parts the fields of a CSV file.</summary>
internal static class CsvDelimiter
{
    /// <summary>The one of the usual four that a first line has most of, outside of quotes; the comma where there is none.</summary>
    internal static char Of(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> usual = [',', ';', '\t', '|'];
        Span<int> counts = stackalloc int[usual.Length];
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && usual.IndexOf(c) is >= 0 and var at)
                counts[at]++;
        }

        // A semicolon, a tab or a bar is no part of a number; a comma may be, in a first line that is data.
        var best = 0;
        for (var i = 1; i < usual.Length; i++)
        {
            if (counts[i] > counts[best] || (best == 0 && counts[i] > 0 && 2 * counts[i] + 1 >= counts[0]))
                best = i;
        }

        return usual[best];
    }

    /// <summary>What <c>--delimiter</c> says.</summary>
    /// <exception cref="DataException">It cannot part numbers.</exception>
    internal static char? Parse(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        "comma" => ',',
        "semicolon" => ';',
        "space" => ' ',
        [var c] when c is '\t'
            or (>= ' ' and < '\x7F') && !char.IsAsciiLetterOrDigit(c) && !"\"'+-.#_".Contains(c, StringComparison.Ordinal) => c,
        _ => throw new DataException("--delimiter", $"must be one character such as ; or |, or tab, and not '{Message.Quote(text)}'"),
    };
}
