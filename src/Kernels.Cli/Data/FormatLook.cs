using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>The format of a text whose name does not tell it, by its first line.</summary>
internal static class FormatLook
{
    private const int MostChars = 1 << 16;

    /// <summary>LIBSVM where the line is a number, or a number and then an index:value pair; CSV otherwise.</summary>
    internal static DataFormat Of(TextReader text)
    {
        var buffer = new char[MostChars];
        var line = buffer.AsSpan(0, text.ReadBlock(buffer, 0, buffer.Length)).TrimStart();
        if (line.IndexOfAny('\n', '\r') is >= 0 and var end)
            line = line[..end];
        else if (line.Length >= MostChars - 1 && line.LastIndexOfAny(' ', '\t') is > 0 and var last)
            line = line[..last]; // no half of a pair
        if (line.IndexOf('#') is >= 0 and var comment)
            line = line[..comment];
        var count = 0;
        foreach (var range in line.SplitAny(' ', '\t'))
        {
            var token = line[range];
            if (token.IsEmpty)
                continue;
            var colon = token.IndexOf(':');
            if (count++ > 0)
                return colon > 0 && IsIndex(token[..colon]) ? DataFormat.LibSvm : DataFormat.Csv; // what is wrong later is told as such
            if (!Number.TryParse(token, out float _))
                return DataFormat.Csv;
        }

        return DataFormat.LibSvm;
    }

    private static bool IsIndex(ReadOnlySpan<char> text) =>
        text is "qid" || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
