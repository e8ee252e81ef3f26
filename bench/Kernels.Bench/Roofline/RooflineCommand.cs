using System.CommandLine;
using System.Diagnostics;
using System.Runtime;
using Kernels.Lanes;
using Kernels.Rows;
using Spectre.Console;

namespace Kernels.Bench.Roofline;

/// <summary><c>roofline</c>: every operation on every shape, beside the read-only pass over the same X and beside the peers.</summary>
internal static class RooflineCommand
{
    private const string OpenBlasCore = "OPENBLAS_CORETYPE";

    private const int MostRounds = 40;

    internal static Command Create()
    {
        var shapes = new Option<string[]>("--shapes")
        {
            Description = "Shapes, rows x columns, such as 1000x32.",
            AllowMultipleArgumentsPerToken = true,
        };
        var contenders = new Option<string[]>("--contenders")
        {
            Description = "Only these, by name; the read-only pass always runs.",
            AllowMultipleArgumentsPerToken = true,
        };
        var csv = new Option<FileInfo?>("--csv") { Description = "Write one line a measurement to this file." };
        var svg = new Option<FileInfo?>("--svg") { Description = "Draw the gradient's GB/s over the size of X into this file." };
        var seconds = new Option<double>("--seconds")
        {
            Description = "Time for each shape; at least 11 rounds are run.",
            DefaultValueFactory = _ => 3,
        };
        var offset = new Option<int>("--offset") { Description = "Floats between the start of X and a cache line, 0 to 15." };
        var hugePages = new Option<bool>("--huge-pages") { Description = "Keep X in huge pages (Linux)." };
        var plan = new Option<string?>("--plan")
        {
            Description = "Visit the rows by this plan, as `kernels info --plan` prints them; by default as the library chooses.",
        };
        var core = new Option<string?>("--openblas-core")
        {
            Description =
                "Run in a process in which OpenBLAS takes the code for this core, such as SkylakeX: it does not know processors newer "
                + "than itself.",
        };
        var threads = new Option<string>("--threads")
        {
            Description = "Numbers of threads, such as 1,2; more than one leaves out what runs on one thread only.",
            DefaultValueFactory = _ => "1",
        };
        var command = new Command("roofline", "Time the kernels beside a read-only pass over the same X and beside their peers.")
        {
            shapes, contenders, threads, csv, svg, seconds, offset, hugePages, plan, core,
        };
        command.SetAction(parsed =>
        {
            try
            {
                if (parsed.GetValue(core) is { } name && Environment.GetEnvironmentVariable(OpenBlasCore) != name)
                    return RunInChild(name);
                var chosen = parsed.GetValue(shapes) is { Length: > 0 } texts ? [.. texts.Select(Shape.Parse)] : Shape.Defaults;
                var all = new List<Measurement>();
                if (parsed.GetValue(plan) is { } text)
                    ForcedPlan.Use(text, chosen);
                foreach (var count in parsed.GetValue(threads)!.Split(','))
                {
                    if (!int.TryParse(count, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
                        out var n) || n < 1)
                        throw new FormatException($"'{count}' is no number of threads.");
                    all.AddRange(Run(chosen, Contenders(parsed.GetValue(contenders), n), n, parsed.GetValue(seconds),
                        parsed.GetValue(offset), parsed.GetValue(hugePages)));
                }

                if (parsed.GetValue(csv) is { } csvFile)
                    RooflineCsv.Write(csvFile, all);
                if (parsed.GetValue(svg) is { } svgFile)
                    RooflinePlot.Write(svgFile, all);
                return 0;
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
                return 2;
            }
        });
        return command;
    }

    private static List<Contender> Contenders(string[]? names, int threads)
    {
        var absent = new List<string>();
        List<Contender> all = [new ReadOnlyContender(threads), new KernelsContender(threads), .. BlasContender.Find(threads, absent)];
        if (threads == 1)
            all.AddRange(
                [new ReadTwiceContender(), new ReadTwiceInOrderContender(), new ScalarContender(), new TensorPrimitivesContender()]);
        foreach (var name in absent)
            Console.WriteLine($"skipped: {name} is not on this machine");
        if (names is not { Length: > 0 })
            return all;
        foreach (var name in names.Where(name => threads == 1 && all.TrueForAll(c => c.Name != name)))
            throw new FormatException($"No contender '{name}'; there are {string.Join(", ", all.Select(c => c.Name))}.");
        return [.. all.Where(c => c.Name == ReadOnlyContender.Id || names.Contains(c.Name))];
    }

    private static List<Measurement> Run(IReadOnlyList<Shape> shapes, List<Contender> contenders, int threads, double seconds, int offset,
        bool hugePages)
    {
        if (offset is < 0 or > 15)
            throw new FormatException($"The offset is {offset}; it must be 0 to 15.");
        Console.WriteLine($"{Machine.Describe()}; threads: {threads}");
        WarmUp(contenders);
        var all = new List<Measurement>();
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()).Start(progress =>
        {
            var bar = progress.AddTask("shapes", maxValue: shapes.Count);
            foreach (var shape in shapes)
            {
                bar.Description = shape.ToString();
                using var problem = new Problem(shape, offset, hugePages);
                all.AddRange(Stopwatches.Run(problem, contenders, seconds, threads));
                bar.Increment(1);
            }
        });
        RooflineTable.Print(all);
        return all;
    }

    // A library reads its environment as it is loaded: it takes another process.
    private static int RunInChild(string core)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        var arguments = Environment.GetCommandLineArgs();
        foreach (var argument in Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? arguments : arguments.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment[OpenBlasCore] = core;
        using var child = Process.Start(start)!;
        child.WaitForExit();
        return child.ExitCode;
    }

    // Tiered compilation needs calls, on every route, and then time to compile in the background: until it has compiled nothing more in two
    // rounds. On one processor it waits ten times longer before it begins, and whoever does not wait sees small shapes twice too slow.
    private static void WarmUp(List<Contender> contenders)
    {
        var pause = Environment.ProcessorCount == 1 ? 2500 : 300;
        var (quiet, compiled) = (0, 0L);
        for (var round = 0; quiet < 2; round++)
        {
            if (round == MostRounds)
                throw new FormatException(
                    $"After {round} rounds of warming up the runtime still compiles: these would be no times of compiled code.");
            foreach (var shape in (ReadOnlySpan<Shape>)[new(1, 32), new(64, 32), new(64, 100)])
            {
                using var problem = new Problem(shape, offset: 0);
                foreach (var contender in contenders)
                {
                    foreach (var operation in contender.Operations)
                    {
                        for (var i = 0; i < 500; i++)
                            contender.Run(operation, problem);
                    }
                }
            }

            Thread.Sleep(pause);
            var now = JitInfo.GetCompiledMethodCount();
            (quiet, compiled) = (now == compiled ? quiet + 1 : 0, now);
        }
    }
}
