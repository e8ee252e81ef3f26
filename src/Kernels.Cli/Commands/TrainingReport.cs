using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>What <c>train</c> prints at the end.</summary>
internal static class TrainingReport
{
    private const int ShownWeights = 40;

    internal static void Write<TLink>(IAnsiConsole console, Datasets data, float[][] targets, float[] weights, TrainSettings settings, TrainingResult result)
        where TLink : struct, ILink
    {
        var evaluation = new Evaluator<TLink>(weights, settings.Intercept);
        for (var i = 0; i < targets.Length; i++)
            evaluation.Add(data.Blocks[i], targets[i]);

        var summary = new Grid().AddColumns(2);
        var bytes = (double)data.Rows * data.Columns * sizeof(float) * result.Iterations;
        Row("stopped", $"{result.Reason switch
        {
            StopReason.Converged => "converged",
            StopReason.IterationLimit => "at the limit on iterations",
            StopReason.Stalled => "as close as float32 allows",
            StopReason.SearchFailed => "no step found, and no optimum either: scale the columns",
            _ => "cancelled",
        }}");
        Row("iterations", $"{result.Iterations}");
        Row("largest mean gradient", $"{result.GradientNorm:E2}");
        foreach (var (name, value) in evaluation.Summary())
            summary.AddRow(name, Markup.Escape(value));
        if (settings.L1 > 0 || settings.L2 > 0)
        {
            Row("penalized loss", $"{result.Loss:F6}");
            if (targets.Length == 1)
                Row("duality gap", $"{DualityGap.Of<TLink>(data.Blocks[0].Observations(settings.Intercept, targets[0]), weights, settings.L2, settings.L1):E2}");
            Row("weights not 0", $"{weights.Take(data.Columns).Count(w => w != 0)} of {data.Columns}");
        }

        if (data.SkipsNaN)
            Row("rows skipped", $"{result.SkippedRows}");
        Row("X read at", $"{bytes / result.Elapsed.TotalSeconds / 1e9:F2} GB/s, training included ({result.Elapsed.TotalMilliseconds:F1} ms)");
        console.Write(summary);

        var table = new Table().AddColumns("feature", "coefficient");
        table.Columns[1].RightAligned();
        for (var j = 0; j < Math.Min(data.Columns, ShownWeights); j++)
            table.AddRow(Markup.Escape(Message.Quote(data.Features[j])), weights[j].ToString("F6", CultureInfo.InvariantCulture));
        if (data.Columns > ShownWeights)
            table.AddRow("…", $"{data.Columns - ShownWeights} more");
        if (settings.Intercept)
            table.AddRow("(intercept)", weights[^1].ToString("F6", CultureInfo.InvariantCulture));
        console.Write(table);

        void Row(string name, FormattableString value) => summary.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }
}
