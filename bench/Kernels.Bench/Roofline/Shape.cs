using System.Globalization;

namespace Kernels.Bench.Roofline;

/// <summary>N × d, written <c>1000x32</c>.</summary>
internal readonly record struct Shape(int Rows, int Columns)
{
    /// <summary>From one row in L1 to X far larger than the last cache.</summary>
    internal static IReadOnlyList<Shape> Defaults { get; } =
    [
        new(1, 32), new(1, 1000), new(16, 32), new(64, 32), new(1000, 16), new(1000, 32), new(1000, 37), new(1000, 100), new(256, 256),
        new(4096, 128), new(1000, 1000), new(100_000, 32), new(100_000, 128), new(1_000_000, 30), new(20_000, 1000), new(2000, 20_000),
        new(100, 1_000_000),
    ];

    internal int Elements => checked(Rows * Columns);

    internal long Bytes => (long)Rows * Columns * sizeof(float);

    internal static Shape Parse(string text)
    {
        var parts = text.Split('x');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            && rows > 0 && columns > 0 && (long)rows * columns <= int.MaxValue)
            return new(rows, columns);
        throw new FormatException($"'{text}' is no shape: rows x columns, such as 1000x32, at most {int.MaxValue} elements.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows}x{Columns}");
}
