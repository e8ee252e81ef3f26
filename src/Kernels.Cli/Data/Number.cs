using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>How a number is written in text files: as programs print it, with a point.</summary>
internal static class Number
{
    // The parser takes NULs after a number for nothing.
    internal static bool TryParse(ReadOnlySpan<char> text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !text.Contains('\0');

    /// <summary>The same in float64.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !text.Contains('\0');
}
