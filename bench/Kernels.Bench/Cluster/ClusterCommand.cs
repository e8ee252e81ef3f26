using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Kernels.Cli.Cluster;
using Kernels.Links;
using Kernels.Orleans;
using Kernels.Training;

namespace Kernels.Bench.Cluster;

/// <summary>
/// <c>cluster</c>: what a gradient costs on four silos beyond the pass itself, what a silo that is killed costs, and what memory does over
/// a thousand iterations. Silos are processes on this machine; the pass alone is in this process, in turns with them, on as many threads
/// as there are processors; medians.
/// </summary>
internal static class ClusterCommand
{
    private const int Warm = 400;

    internal static Command Create()
    {
        var shapes = new Option<string[]>("--shapes")
        {
            Description = "Rows × columns, as 16384x100.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["16384x100", "98304x100", "131072x100", "16384x10000", "1000000x1000"],
        };
        var count = new Option<int>("--silos") { DefaultValueFactory = _ => 4 };
        var command = new Command("cluster", "Time gradients on four silos beside the pass alone.") { shapes, count };
        command.SetAction((parsed, cancellation) => Run(parsed.GetValue(shapes)!, parsed.GetValue(count), cancellation));
        return command;
    }

    private static async Task<int> Run(string[] shapes, int count, CancellationToken cancellation)
    {
        using var silos = new SiloProcesses();
        silos.Add(count);
        await using var driver = await SiloHost.StartAsync(
            new() { Host = IPAddress.Loopback, Port = 0, Primary = silos.First, Name = silos.Name, Wait = TimeSpan.FromSeconds(15) },
            new() { HoldsShards = false },
            cancellation);
        Console.WriteLine(Text($"{Roofline.Machine.Describe()}; {count} silos of one thread, {Environment.ProcessorCount} processors"));
        Console.Write("| rows × d | parts | gradient, ms | the pass alone, ms | beyond it ");
        Console.WriteLine("| processor time, ms | of it the driver's | of the pass alone | efficiency | question and answers, bytes |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        var folder = Directory.CreateTempSubdirectory("kernels-bench-cluster");
        try
        {
            foreach (var text in shapes)
            {
                var parts = text.Split('x');
                var rows = new RandomRows(
                    int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
                var manifest = Path.Combine(folder.FullName, text + ".json");
                rows.Write(manifest, parts: 16);
                var cluster = new ShardCluster(manifest, driver.Services, new() { HasIntercept = true });
                Measure(text, rows, cluster, silos, count);
                if (text == shapes[0])
                    Lifetime(cluster, silos);
                await cluster.ReleaseAsync();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Measure(string name, RandomRows rows, ShardCluster cluster, SiloProcesses silos, int count)
    {
        var question = QuestionOf(cluster);
        var rounds = Math.Clamp((int)(2e9 / ((double)rows.Rows * rows.Columns)), 15, 400);
        var (there, here, answer) = (new List<double>(), new List<double>(), Array.Empty<byte>());
        for (var i = 0; i < Math.Min(Warm, 4 * rounds); i++)
            answer = cluster.Ask(question, CancellationToken.None);
        var (cpuThere, cpuHere, cpuDriver) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        for (var i = -3; i < rounds; i++)
        {
            // Ten of each in turn: the clock of processor time ticks in hundredths of a second.
            var (own, cpu) = (Own(), Own() + silos.ProcessorTime());
            for (var j = 0; j < 10; j++)
            {
                var start = Stopwatch.GetTimestamp();
                cluster.Ask(question, CancellationToken.None);
                if (i >= 0)
                    there.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            cpuDriver += i >= 0 ? Own() - own : TimeSpan.Zero;
            cpuThere += i >= 0 ? Own() + silos.ProcessorTime() - cpu : TimeSpan.Zero;
            cpu = Own();
            for (var j = 0; j < 10; j++)
            {
                var start = Stopwatch.GetTimestamp();
                ObservationShards.Answer(question, rows, 0, Environment.ProcessorCount);
                if (i >= 0)
                    here.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            cpuHere += i >= 0 ? Own() - cpu : TimeSpan.Zero;
        }

        var (a, b) = (Median(there), Median(here));
        var (c, d) = (cpuThere.TotalMilliseconds / there.Count, cpuHere.TotalMilliseconds / here.Count);
        var driver = cpuDriver.TotalMilliseconds / there.Count;
        Console.Write(Text($"| {name} | {cluster.Manifest.Parts.Count} | {a:F2} | {b:F2} | {a - b:F2} "));
        Console.Write(Text($"| {c:F2} | {driver:F2} | {d:F2} | {d / c:P0} "));
        Console.WriteLine(Text($"| {question.Length} + {count} × {answer.Length} |"));
    }

    // A silo is killed and comes back while a thousand gradients are asked for; what everybody has in memory meanwhile.
    private static void Lifetime(ShardCluster cluster, SiloProcesses silos)
    {
        var (question, longest, at) = (QuestionOf(cluster), 0.0, 0);
        var (driver, silo) = (new List<long>(), new List<long>());
        for (var i = 0; i < 1_000; i++)
        {
            if (i == 500)
                silos.KillLast();
            if (i == 600)
                silos.RestartLast();
            if (i % 100 == 99 || i == 0)
            {
                driver.Add(Environment.WorkingSet >> 20);
                silo.Add(silos.WorkingSet() >> 20);
            }

            var start = Stopwatch.GetTimestamp();
            cluster.Ask(question, CancellationToken.None);
            if (Stopwatch.GetElapsedTime(start).TotalSeconds is var seconds && seconds > longest)
                (longest, at) = (seconds, i);
        }

        Console.WriteLine(Text($"<!-- a silo killed before gradient 500 of 1,000: the longest, number {at}, took {longest:F2} s -->"));
        Console.WriteLine(Text($"<!-- shards moved: {cluster.Moves}; MiB of the driver, at every hundredth: {string.Join(' ', driver)};"));
        Console.WriteLine(Text($"of the first silo: {string.Join(' ', silo)} -->"));
    }

    // The first search step's: weights that are not 0.
    private static byte[] QuestionOf(ShardCluster cluster)
    {
        var recorder = new Recorder(cluster);
        Lbfgs.MinimizeShards<Logit>(recorder, new float[cluster.Parameters], new() { MaxIterations = 2 });
        return recorder.Last;
    }

    private static TimeSpan Own() => Process.GetCurrentProcess().TotalProcessorTime;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Recorder(ObservationShards shards) : ObservationShards
    {
        internal byte[] Last { get; private set; } = [];

        public override long Rows => shards.Rows;

        public override int Columns => shards.Columns;

        public override bool HasIntercept => shards.HasIntercept;

        public override byte[] Ask(byte[] question, CancellationToken cancellationToken)
        {
            Last = question;
            return shards.Ask(question, cancellationToken);
        }
    }
}
