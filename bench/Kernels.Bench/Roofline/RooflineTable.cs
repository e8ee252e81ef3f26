using System.Globalization;
using Spectre.Console;

namespace Kernels.Bench.Roofline;

/// <summary>The measurements as text: one row a shape, one column an operation and a peer.</summary>
internal static class RooflineTable
{
    internal static void Print(IReadOnlyList<Measurement> all)
    {
        var peers = all.Where(m => m.Operation == Operation.Gradient && m.Contender != KernelsContender.Id)
            .Select(m => m.Contender).Distinct().ToList();
        var own = all.Where(m => m.Contender == KernelsContender.Id).Select(m => m.Operation).Distinct().ToList();
        var limits = all.Where(m => m.Operation == Operation.Read).Select(m => m.Contender).Distinct().ToList();

        Console.WriteLine(
            "Time of a call; GB/s of X; ratio to the read-only pass over the same X; a peer's time is followed by its ratio to the "
            + "gradient's here and by its largest relative error.");
        var table = new Table();
        table.AddColumn("shape");
        foreach (var name in (IEnumerable<string>)[.. limits, .. own.Select(Contender.Label), "error", .. peers])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var group in all.GroupBy(m => m.Shape))
        {
            var cells = new List<string> { group.Key.ToString() };
            cells.AddRange(limits.Select(name => Limit(Find(group, name, Operation.Read))));
            cells.AddRange(own.Select(operation => Own(Find(group, KernelsContender.Id, operation))));
            var gradient = Find(group, KernelsContender.Id, Operation.Gradient)
                ?? Find(group, KernelsContender.Id, Operation.LossAndGradient);
            cells.Add(Text($"{gradient?.RelativeError:E0}"));
            cells.AddRange(peers.Select(name => Peer(Find(group, name, Operation.Gradient), gradient)));
            table.AddRow([.. cells]);
        }

        var width = AnsiConsole.Profile.Width;
        AnsiConsole.Profile.Width = Math.Max(width, 220);
        AnsiConsole.Write(table);
        AnsiConsole.Profile.Width = width;
    }

    private static Measurement? Find(IEnumerable<Measurement> all, string contender, Operation operation) =>
        all.FirstOrDefault(m => m.Contender == contender && m.Operation == operation);

    private static string Limit(Measurement? m) => m is null ? "–" : Text($"{m.GigabytesPerSecond:F0} GB/s");

    private static string Own(Measurement? m) =>
        m is null ? "–" : Text($"{Time(m.Nanoseconds)} {m.GigabytesPerSecond:F0} GB/s {m.RatioToRead:F2}");

    private static string Peer(Measurement? m, Measurement? own) =>
        m is null ? "–" : Text($"{Time(m.Nanoseconds)} {m.Nanoseconds / (own?.Nanoseconds ?? double.NaN):F2}× {m.RelativeError:E0}");

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => Text($"{nanoseconds:F0} ns"),
        < 1e6 => Text($"{nanoseconds / 1e3:F1} µs"),
        _ => Text($"{nanoseconds / 1e6:F2} ms"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
