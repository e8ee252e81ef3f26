using System.CommandLine;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Kernels.Bench.Serving;

/// <summary><c>serving</c>: what a score takes in a service, by rows of a request and columns, beside what services use today.</summary>
internal static class ServingCommand
{
    internal static Command Create()
    {
        var rows = new Option<int[]>("--rows") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 8, 64, 1024] };
        var columns = new Option<int[]>("--columns")
        {
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [8, 32, 128, 1000],
        };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 40 };
        var csv = new Option<FileInfo?>("--csv") { Description = "writes all numbers, too" };
        var command = new Command("serving", "Time scores of 1 to 1024 rows beside TensorPrimitives, ML.NET and ONNX Runtime.")
        {
            rows, columns, rounds, csv,
        };
        command.SetAction(parsed =>
        {
            var latencies = new List<Latency>();
            Console.WriteLine(
                $"{Roofline.Machine.Describe()}; ns a row: median, p99, p99.9; others as times the median of kernels, with bytes a call "
                + $"where they allocate");
            foreach (var d in parsed.GetValue(columns)!)
            {
                foreach (var n in parsed.GetValue(rows)!)
                {
                    var cell = Measure(new Batches(n, d), parsed.GetValue(rounds));
                    if (latencies.Count == 0)
                        WriteHead(cell);
                    WriteRow(cell);
                    latencies.AddRange(cell);
                }
            }

            if (parsed.GetValue(csv) is { } file)
                WriteCsv(file, latencies);
            return 0;
        });
        return command;
    }

    private static List<Latency> Measure(Batches batches, int rounds)
    {
        Scorer[] scorers =
        [
            new KernelsScorer(batches), new ModelScorer(batches), new TensorPrimitivesScorer(batches),
            new MlNetScorer(batches), new MlNetPoolScorer(batches), new OnnxScorer(batches),
        ];
        foreach (var scorer in scorers.Where(scorer => scorer is not (MlNetScorer or MlNetPoolScorer)))
            Check(scorer, batches);
        var latencies = Latency.Measure(batches, scorers, rounds);
        foreach (var scorer in scorers)
            scorer.Dispose();
        return latencies;
    }

    // Who is fast because it computes something else has no place in the table; ML.NET has weights of its own.
    private static void Check(Scorer scorer, Batches batches)
    {
        for (var b = 0; b < batches.Values.Length; b++)
        {
            var means = scorer.Score(b);
            for (var i = 0; i < batches.Rows; i++)
            {
                var (mean, expected) = (means[scorer.First + (i * scorer.Step)], batches.Expected[b][i]);
                if (!(Math.Abs(mean - expected) <= 1e-5))
                    throw new InvalidOperationException($"{scorer.Name} gives {mean} for {expected}");
            }
        }
    }

    private static void WriteHead(List<Latency> cell)
    {
        Console.WriteLine(
            $"| rows × d | median | p99 | p99.9 | bytes | {string.Join(" | ", cell.Skip(1).Select(latency => latency.Scorer))} |");
        Console.WriteLine($"|---|---|---|---|---|{string.Concat(cell.Skip(1).Select(_ => "---|"))}");
    }

    private static void WriteRow(List<Latency> cell)
    {
        var ours = cell[0];
        var others = cell.Skip(1).Select(other => string.Create(
            CultureInfo.InvariantCulture,
            $"{other.Median / ours.Median:G3}{(other.Bytes < 0.5 ? string.Empty : $" ({other.Bytes:F0} B)")}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {ours.Rows}×{ours.Columns} | {ours.Median / ours.Rows:G3} | {ours.P99 / ours.Rows:G3} | {ours.P999 / ours.Rows:G3} | "
                + $"{ours.Bytes:F0} | {string.Join(" | ", others)} |"));
    }

    private static void WriteCsv(FileInfo file, List<Latency> latencies)
    {
        using var csv = new CsvWriter(new StreamWriter(file.FullName), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            NewLine = "\n",
        });
        foreach (var name in (ReadOnlySpan<string>)["rows", "columns", "width", "scorer", "median_ns", "p99_ns", "p999_ns", "bytes_a_call"])
            csv.WriteField(name);
        csv.NextRecord();
        foreach (var latency in latencies)
        {
            csv.WriteField(latency.Rows);
            csv.WriteField(latency.Columns);
            csv.WriteField(Simd.Width.ToString());
            csv.WriteField(latency.Scorer);
            foreach (var number in (ReadOnlySpan<double>)[latency.Median, latency.P99, latency.P999, latency.Bytes])
                csv.WriteField(number.ToString("F1", CultureInfo.InvariantCulture));
            csv.NextRecord();
        }
    }
}
