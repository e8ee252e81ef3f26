using System.CommandLine;
using System.Globalization;
using Kernels.Bench.Roofline;
using Kernels.Rows;
using Kernels.Rows.Plans;

namespace Kernels.Bench.Tune;

/// <summary><c>tune</c>: times the legal plans of every cell on this machine, checks the bits of each, and prints the table that they
/// make.</summary>
internal static class TuneCommand
{
    internal static Command Create()
    {
        var seconds = new Option<double>("--seconds")
        {
            Description = "Time for the last round of each cell.",
            DefaultValueFactory = _ => 0.4,
        };
        var levels = new Option<Level[]>("--levels") { Description = "Only these: L2, L3, Memory.", AllowMultipleArgumentsPerToken = true };
        var columns = new Option<int>("--columns")
        {
            Description = "Only cells that begin with at most so many columns.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        var output = new Option<FileInfo?>("--out") { Description = "Write the table to this file, as C#, and not to the console." };
        var command = new Command("tune", "Find the fastest plans on this machine, and print them as a table.")
        {
            seconds, levels, columns, output,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(seconds), parsed.GetValue(levels), parsed.GetValue(columns), parsed.GetValue(output)));
        return command;
    }

    private static int Run(double seconds, Level[]? levels, int columns, FileInfo? output)
    {
        var today = PlanTable.Of(Rows.Machine.Processor, Simd.Width == SimdWidth.Vector512 ? Registers.Many : Registers.Few);
        Console.WriteLine($"{Roofline.Machine.Describe()}; {Rows.Machine.Processor}");
        List<PlanRow> lines = [];
        foreach (var cell in Cell.All.Where(cell =>
            cell.FromColumns <= columns && (levels is not { Length: > 0 } || levels.Contains(cell.Level))))
        {
            var (line, gain) = new Tuner(cell, today, seconds).Run();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{cell.Question,-8} {cell.Level,-6} {cell.Shape.Rows}x{cell.Shape.Columns}: {gain:F3} of today's time  "
                    + $"{line.Plan}{(line.BlockFloats > 0 ? $",floats={line.BlockFloats}" : "")}"));
            lines.Add(line);
        }

        var table = string.Join(Environment.NewLine, Merged(lines).Select(Text));
        if (output is null)
            Console.WriteLine(table);
        else
            File.WriteAllText(output.FullName, table + Environment.NewLine);
        return 0;
    }

    // Neighbours with the same plan are one line.
    private static IEnumerable<PlanRow> Merged(List<PlanRow> lines) =>
        lines.Where((line, i) => i + 1 == lines.Count || lines[i + 1] with { Columns = line.Columns } != line);

    private static string Text(PlanRow line)
    {
        var (p, columns) = (line.Plan, line.Columns == int.MaxValue ? "int.MaxValue" : line.Columns.ToString(CultureInfo.InvariantCulture));
        var plan = string.Create(
            CultureInfo.InvariantCulture,
            $"new(Loop.{p.Loop}, {p.TileRows}, {p.ShareRows}, {p.BlockRows}, {p.Lag}, {p.Prefetch}, {p.Line})");
        var floats = line.BlockFloats > 0 ? string.Create(CultureInfo.InvariantCulture, $", {line.BlockFloats}") : string.Empty;
        return $"        new(Question.{line.Question}, Level.{line.Level}, {columns}, When.{line.When}, {plan}{floats}),";
    }
}
