using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Kernels.Bench.Roofline;

/// <summary>The measurements as CSV, a line each.</summary>
internal static class RooflineCsv
{
    internal static void Write(FileInfo file, IEnumerable<Measurement> measurements)
    {
        using var csv = new CsvWriter(new StreamWriter(file.FullName), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            NewLine = "\n",
        });
        foreach (var name in (ReadOnlySpan<string>)["shape", "rows", "columns", "threads", "width", "contender", "operation", "median_ns",
            "gb_per_s", "ratio_to_read", "max_relative_error"])
            csv.WriteField(name);
        csv.NextRecord();
        foreach (var m in measurements)
        {
            csv.WriteField(m.Shape.ToString());
            csv.WriteField(m.Shape.Rows);
            csv.WriteField(m.Shape.Columns);
            csv.WriteField(m.Threads);
            csv.WriteField(Simd.Width.ToString());
            csv.WriteField(m.Contender);
            csv.WriteField(Contender.Label(m.Operation));
            csv.WriteField(m.Nanoseconds.ToString("F1", CultureInfo.InvariantCulture));
            csv.WriteField(m.GigabytesPerSecond.ToString("F2", CultureInfo.InvariantCulture));
            csv.WriteField(m.RatioToRead.ToString("F3", CultureInfo.InvariantCulture));
            csv.WriteField(m.RelativeError?.ToString("E1", CultureInfo.InvariantCulture) ?? string.Empty);
            csv.NextRecord();
        }
    }
}
