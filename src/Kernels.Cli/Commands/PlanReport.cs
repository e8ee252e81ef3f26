using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Lanes;
using Kernels.Rows;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>How rows of a shape would be visited on this machine, and why; it decides about time, never about a bit of a result.</summary>
internal static class PlanReport
{
    internal static void Write(IAnsiConsole console, string text)
    {
        var parts = text.Split('x');
        if (parts.Length != 2 || !TryParse(parts[0], out var rows) || !TryParse(parts[1], out var columns))
            throw new DataException("--plan", $"must be ROWSxCOLUMNS, such as 1000x32, not '{Message.Quote(text)}'");
        var grid = new Grid().AddColumns(2);
        grid.AddRow("processor", $"{Machine.Processor}; L2 {Machine.L2 >> 10} KiB, L3 {Machine.L3 >> 10} KiB, of which half counts");
        grid.AddRow("width", Simd.Width.ToString());
        grid.AddRow("X",
            string.Create(CultureInfo.InvariantCulture,
            $"{(long)rows * columns * sizeof(float)} bytes, as if from {Machine.LevelOf((long)rows * columns * sizeof(float))}; aligned, "
            + $"no gap between rows"));
        foreach (var question in Enum.GetValues<Question>())
        {
            var (line, plan) = Of(question, new(rows, columns, columns, default));
            grid.AddRow(question == Question.Margins ? "loss, predictions" : "gradient, step", plan.ToString());
            grid.AddRow(string.Empty,
                $"the first line that admits it: {line.Level}, up to {(line.Columns == int.MaxValue ? "any number of" : line.Columns)} "
                + $"columns, {line.When}");
        }

        console.Write(grid);
    }

    private static (PlanRow Line, RowPlan Plan) Of(Question question, in Shape shape) => Simd.Width switch
    {
        SimdWidth.Vector512 => (Planner<Lanes512>.LineFor(question, shape), Planner<Lanes512>.For(question, shape)),
        SimdWidth.Vector256 => (Planner<Lanes256>.LineFor(question, shape), Planner<Lanes256>.For(question, shape)),
        SimdWidth.Vector128 => (Planner<Lanes128>.LineFor(question, shape), Planner<Lanes128>.For(question, shape)),
        _ => (Planner<ScalarLanes>.LineFor(question, shape), Planner<ScalarLanes>.For(question, shape)),
    };

    private static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
