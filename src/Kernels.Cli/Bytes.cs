using System.Globalization;

namespace Kernels.Cli;

/// <summary>Sizes as people write them.</summary>
internal static class Bytes
{
    private const string Units = "KMGT";

    /// <summary>A number of bytes, or one with K, M, G or T (powers of 1024); null if it is none.</summary>
    internal static long? Parse(string text)
    {
        var number = text.AsSpan().Trim();
        if (number.EndsWith("iB", StringComparison.OrdinalIgnoreCase))
            number = number[..^2];
        else if (number.EndsWith("B", StringComparison.OrdinalIgnoreCase))
            number = number[..^1];
        var power = number.IsEmpty ? 0 : Units.IndexOf(char.ToUpperInvariant(number[^1]), StringComparison.Ordinal) + 1;
        var value = double.TryParse(
            power > 0 ? number[..^1] : number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed)
            ? parsed * Math.Pow(1024, power)
            : double.NaN;
        return value is >= 1 and < long.MaxValue ? (long)value : null;
    }

    internal static string ToText(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < Units.Length; unit++)
            value /= 1024;
        return unit == 0 ? $"{bytes} bytes" : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit - 1]}iB");
    }
}
