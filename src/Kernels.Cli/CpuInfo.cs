using System.Globalization;

namespace Kernels.Cli;

/// <summary>A cache level of the first processor, data or unified.</summary>
internal sealed record CpuCache(string Name, long Bytes);

/// <summary>What the operating system says of the processor; empty where it says nothing.</summary>
internal static class CpuInfo
{
    internal static string? Name
    {
        get
        {
            const string File = "/proc/cpuinfo";
            var line = System.IO.File.Exists(File)
                ? System.IO.File.ReadLines(File).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
                : null;
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        }
    }

    internal static IReadOnlyList<CpuCache> Caches
    {
        get
        {
            const string Root = "/sys/devices/system/cpu/cpu0/cache";
            if (!Directory.Exists(Root))
                return [];
            return [.. Directory.EnumerateDirectories(Root, "index*")
                .Where(index => Read(index, "type") is "Data" or "Unified")
                .Select(index => new CpuCache("L" + Read(index, "level"), Bytes(Read(index, "size"))))
                .Where(cache => cache.Bytes > 0)
                .OrderBy(cache => cache.Name, StringComparer.Ordinal)];
        }
    }

    private static string Read(string index, string name)
    {
        var path = Path.Combine(index, name);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : string.Empty;
    }

    private static long Bytes(string size)
    {
        var unit = size.Length == 0 ? 0 : size[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.TryParse(size.AsSpan(0, unit == 0 ? size.Length : size.Length - 1), CultureInfo.InvariantCulture, out var number)
            ? number << unit
            : 0;
    }
}
