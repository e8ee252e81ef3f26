using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels info [MODEL]</c>: the width in use, the caches, and how fast this machine reads memory; or what a model file
/// says.</summary>
internal static class InfoCommand
{
    internal static Command Create(IAnsiConsole console)
    {
        var plan = new Option<string?>("--plan")
        {
            Description = "Show instead how X of a shape, such as 1000x32, is visited here, and why.",
        };
        var model = new Argument<string?>("model")
        {
            Description = "Show instead what this model file says: columns, coefficients, and the verdict of its fit.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("info", "Show the vector width in use, the cache sizes and the machine's read rate; or a model.")
        {
            model, plan,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(model) is { } path)
            {
                ModelReport.Write(console, ModelInput.Read(path));
                return ExitCode.Success;
            }

            if (parsed.GetValue(plan) is not { } shape)
                return Run(console);
            PlanReport.Write(console, shape);
            return ExitCode.Success;
        });
        return command;
    }

    private static int Run(IAnsiConsole console)
    {
        var grid = new Grid().AddColumns(2);
        grid.AddRow("vector width", Simd.Width.ToString());
        grid.AddRow("processor", Markup.Escape(CpuInfo.Name ?? "unknown"));
        grid.AddRow("runtime", Markup.Escape(
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors"));
        var caches = CpuInfo.Caches;
        grid.AddRow("caches",
            caches.Count == 0 ? "unknown" : string.Join(", ", caches.Select(cache => $"{cache.Name} {Size(cache.Bytes)}")));
        console.Write(grid);

        var table = new Table().AddColumns("read rate, one thread", "GB/s");
        table.Columns[1].RightAligned();
        console.Status().Start("measuring", _ =>
        {
            foreach (var (where, bytes) in Sizes(caches))
                table.AddRow($"{where}, {Size(bytes)}", ReadRate.GigabytesPerSecond(bytes).ToString("F1", CultureInfo.InvariantCulture));
        });
        console.Write(table);
        return ExitCode.Success;
    }

    // Half of each cache, so that the data fit beside everything else; for memory, more than the last one holds.
    private static IEnumerable<(string Where, int Bytes)> Sizes(IReadOnlyList<CpuCache> caches)
    {
        const int Largest = 1 << 30;
        if (caches.Count == 0)
            caches = [new("L1", 32 << 10), new("L2", 1 << 20)];
        foreach (var cache in caches)
        {
            if (cache.Bytes / 2 <= Largest / 8)
                yield return (cache.Name, (int)(cache.Bytes / 2));
        }

        var last = caches[^1].Bytes;
        yield return last * 2 <= Largest ? ("memory", (int)Math.Max(last * 2, 256 << 20)) : ("last cache or memory", Largest / 2);
    }

    private static string Size(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";
}
