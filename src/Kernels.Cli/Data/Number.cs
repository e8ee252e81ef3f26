using System.Globalization;
using csFastFloat;

namespace Kernels.Cli.Data;

/// <summary>How a number is written in text files: as programs print it, with a point. Each is rounded once.</summary>
internal static class Number
{
    internal static bool TryParse(ReadOnlySpan<char> text, out float value) =>
        (IsPlain(text) && FastFloatParser.TryParseFloat(text, out var end, out value) && end == text.Length)
        || (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !text.Contains('\0'));

    /// <summary>The same in float64.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out double value) =>
        (IsPlain(text) && FastDoubleParser.TryParseDouble(text, out var end, out value) && end == text.Length)
        || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !text.Contains('\0'));

    // The fast parser is for digits; it reads "1,5" as 1 and does not mind a NUL. The runtime's takes the rest, and NULs after a number for
    // nothing.
    private static bool IsPlain(ReadOnlySpan<char> text) => text.Length > 0 && char.IsAsciiDigit(text[^1]);
}
