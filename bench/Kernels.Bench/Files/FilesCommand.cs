using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kernels.Cli.Data;

namespace Kernels.Bench.Files;

/// <summary>
/// <c>files</c>: the tool's reading of CSV and Parquet beside what its libraries take alone, in one process and in turns; then file to
/// model, each program in a process of its own, the tool's native file (that KERNELS_TOOL names, or kernels) among them, beside LIBLINEAR,
/// ML.NET, scikit-learn (of the python that PYTHON names) and R where they are installed, in turns. Medians.
/// </summary>
internal static class FilesCommand
{
    internal static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 300_000 };
        var columns = new Option<int>("--columns") { DefaultValueFactory = _ => 30 };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 7 };
        var command = new Command("files", "Time reading, and file to model, beside their peers.") { rows, columns, rounds };
        var isReading = new Option<bool>("--reading") { Description = "reading alone, no programs" };
        command.Add(isReading);
        command.SetAction(parsed =>
            Run(parsed.GetValue(rows), parsed.GetValue(columns), parsed.GetValue(rounds), !parsed.GetValue(isReading)));
        return command;
    }

    private static int Run(int rows, int columns, int rounds, bool runsPrograms)
    {
        var folder = Directory.CreateTempSubdirectory("kernels-files-");
        try
        {
            var files = TestFiles.Write(folder.FullName, rows, columns);
            Console.WriteLine(Text($"{Roofline.Machine.Describe()}; {rows} × {columns} and a label, {rounds} rounds"));
            Console.WriteLine("| reading, warm | ms | MB/s | of the library alone |");
            Console.WriteLine("|---|---|---|---|");
            foreach (var (file, ours, library, name) in ((string File, Action Ours, Action Library, string Name)[])[
                (files.Csv, () => DataReader.Read(files.Csv, new()), () => Libraries.Csv(files.Csv), "Sep and csFastFloat, one thread"),
                (files.Parquet, () =>
                    DataReader.Read(files.Parquet, new()), () => Libraries.Parquet(files.Parquet), "Parquet.Net, one thread")])
            {
                var times = InTurns([ours, library], rounds);
                var megabytes = new FileInfo(file).Length / 1e6;
                var (what, milliseconds, rate) = ($"{Path.GetExtension(file)}, {megabytes:F0} MB", times[0] * 1e3, megabytes / times[0]);
                Console.WriteLine(Text($"| {what}: kernels | {milliseconds:F0} | {rate:F0} | {times[1] / times[0]:F2} |"));
                Console.WriteLine(Text($"| {name} | {times[1] * 1e3:F0} | {megabytes / times[1]:F0} | |"));
            }

            if (!runsPrograms)
                return 0;
            Console.WriteLine();
            Console.WriteLine("| file to model | s | peak MB |");
            Console.WriteLine("|---|---|---|");
            foreach (var (program, median) in Programs.InTurns(Programs.All(files), rounds))
            {
                Console.WriteLine(median is { } m
                    ? Text($"| {program.Name} | {m.Seconds:F2} | {m.Megabytes:F0} |")
                    : Text($"| {program.Name} | not on this machine | |"));
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Each once a round, in another order each time; twice before it counts.
    private static double[] InTurns(Action[] actions, int rounds)
    {
        var times = new double[actions.Length][];
        for (var i = 0; i < actions.Length; i++)
            times[i] = new double[rounds];
        for (var round = -2; round < rounds; round++)
        {
            for (var k = 0; k < actions.Length; k++)
            {
                var i = (k + round + 2) % actions.Length;
                var start = Stopwatch.GetTimestamp();
                actions[i]();
                if (round >= 0)
                    times[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return Array.ConvertAll(times, samples =>
        {
            Array.Sort(samples);
            return samples[samples.Length / 2];
        });
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
