using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Kernels.Bench.Cold;

/// <summary>
/// <c>cold</c>: the first calls of a process, each case in processes of its own, on one processor and on all: what the first call takes,
/// how many calls until they are as fast as the last thousand, and the slowest of a thousand in the first two seconds. Medians.
/// </summary>
internal static class ColdCommand
{
    private const int Rows = 64;
    private const int Columns = 32;

    internal static Command Create()
    {
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 5 };
        var child = new Option<string?>("--child") { Hidden = true };
        var command = new Command("cold", "Time the first calls of a process.") { runs, child };
        command.SetAction(parsed => parsed.GetValue(child) is { } what ? RunChild(what) : Run(parsed.GetValue(runs)));
        return command;
    }

    private static int Run(int runs)
    {
        Console.WriteLine($"{Roofline.Machine.Describe()}; one row of {Columns}, and {Rows} × {Columns}");
        Console.WriteLine(
            "| first calls of a process | processors | first call, ms | calls to full speed | p99.9 of the first 2 s, µs | last "
            + "thousand, ns |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var what in (string[])["predict", "predict prepared", "gradient", "gradient prepared"])
        {
            foreach (var processors in (string[])["0", "all"])
            {
                var results = Enumerable.Range(0, runs).Select(_ => Child(what, processors)).ToList();
                var columns = Enumerable.Range(0, 4).Select(i => results.Select(result => result[i]).Order().ElementAt(runs / 2)).ToArray();
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture,
                    $"| {what} | {(processors == "0" ? "1" : Environment.ProcessorCount)} | {columns[0] / 1e6:F2} | {columns[1]:F0} | "
                    + $"{columns[2] / 1e3:F1} | {columns[3]:F0} |"));
            }
        }

        return 0;
    }

    private static double[] Child(string what, string processors)
    {
        string[] self =
            [Environment.ProcessPath!, .. Path.GetFileNameWithoutExtension(
            Environment.ProcessPath) == "dotnet" ? Environment.GetCommandLineArgs()[..1] : [], "cold", "--child", what];
        string[] all = processors == "all" ? self : ["taskset", "-c", processors, .. self];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return Array.ConvertAll(output.Trim().Split(' '), number => double.Parse(number, CultureInfo.InvariantCulture));
        }
        catch (Win32Exception)
        {
            return [double.NaN, double.NaN, double.NaN, double.NaN]; // no taskset here
        }
    }

    // The loop itself is compiled once, or its own compilation would be measured.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int RunChild(string what)
    {
        var (x, y, weights, gradient) = (new float[Rows * Columns], new float[Rows], new float[Columns], new float[Columns]);
        var isPrediction = what.StartsWith("predict", StringComparison.Ordinal);
        if (what.EndsWith("prepared", StringComparison.Ordinal))
        {
            LogisticRegression.Prepare(Columns, isPrediction ? 1 : Rows);
            Thread.Sleep(500); // a service starts
        }

        var times = new List<double>(1 << 22);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < 2)
        {
            var start = Stopwatch.GetTimestamp();
            if (isPrediction)
                LogisticRegression.Predict(x.AsSpan(0, Columns), weights);
            else
                LogisticRegression.Gradient(new DesignMatrix(x, Columns), y, weights, gradient);
            times.Add((Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency)); // a TimeSpan has steps of 100 ns
        }

        var last = times.TakeLast(1000).Order().ElementAt(500);
        var (full, inARow) = (0, 0);
        for (var i = 0; i < times.Count && inARow < 20; i++)
            (full, inARow) = times[i] <= 1.5 * last ? (inARow == 0 ? i : full, inARow + 1) : (full, 0);
        var tail = times.Skip(1).Order().ElementAt((int)((times.Count - 1) * 0.999));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times[0]:F0} {full} {tail:F0} {last:F0}"));
        return 0;
    }
}
