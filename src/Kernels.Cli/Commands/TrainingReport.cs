using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Cli.Training;
using Kernels.Links;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>What <c>train</c> prints at the end.</summary>
internal static class TrainingReport
{
    private const int ShownWeights = 40;

    internal static void Write<TLink>(
        IAnsiConsole console, Datasets data, float[][] targets, Model model, TrainSettings settings, TrainOutcome outcome, string sentence,
        Evaluator<TLink>? evaluation)
        where TLink : struct, ILink
    {
        var summary = new Grid().AddColumns(2);
        var bytes = (double)data.Rows * data.Columns * sizeof(float) * outcome.Passes;
        Row("stopped", $"{sentence}");
        foreach (var warning in Verdict.Warnings(outcome, data))
            Row("warning", $"{warning}");
        if (ModelReport.LabelsOf(model) is { } labels)
            Row("labels", $"{labels}");
        Row("optimizer", $"{outcome.Chosen}");
        Row("iterations", $"{outcome.Passes} passes over the data");
        if (outcome.Search is { } search)
            Row("largest mean gradient", $"{search.GradientNorm:E2}");
        foreach (var (name, value) in evaluation?.Summary() ?? [])
            summary.AddRow(name, Markup.Escape(value));
        if (evaluation is null && outcome.Fit is { } elsewhere)
            Row("deviance", $"{elsewhere.Deviance:F6}");
        else if (evaluation is null)
            Row("loss", $"{outcome.Search!.Loss:F6}");
        if (outcome.Fit is { } fit && double.IsFinite(fit.NullDeviance))
        {
            Row("null deviance",
                $"{fit.NullDeviance:F6} on {fit.NullDegreesOfFreedom} degrees of freedom; residual on {fit.DegreesOfFreedom}");
            if (fit.IsDispersionEstimated)
                Row("dispersion", $"{fit.Dispersion:G6}");
            if (!(settings.L1 > 0 || settings.L2 > 0))
                Row("AIC", $"{fit.Aic:F4} (log-likelihood {fit.LogLikelihood:F4})");
        }

        if (settings.L1 > 0 || settings.L2 > 0)
            WritePenalty();
        if (data.SkipsNaN)
            Row("rows skipped", $"{outcome.SkippedRows}");
        var gigabytes = bytes / Math.Max(outcome.Elapsed.TotalSeconds, 1e-9) / 1e9;
        Row("X read at", $"{gigabytes:F2} GB/s, training included ({outcome.Elapsed.TotalMilliseconds:F1} ms)");
        console.Write(summary);
        console.Write(Table(data, model, settings, outcome));
        if (outcome.Fit?.StandardErrors.Count > 0)
            console.MarkupLine(settings.RobustErrors ? "standard errors: sandwich, HC1" : "standard errors: of the model");
        else
            console.MarkupLine(settings.L1 > 0 || settings.L2 > 0
                ? "no standard errors: they do not apply to a penalised fit"
                : "no standard errors");

        void WritePenalty()
        {
            var penalty = 0.0;
            for (var j = 0; j < data.Columns; j++)
            {
                var w = outcome.Coefficients[j] * (settings.Standardize && outcome.Fit is { } f ? f.Deviations[j] : 1);
                penalty += (settings.L1 * Math.Abs(w)) + (0.5 * settings.L2 * w * w);
            }

            Row("penalized loss",
                $"{(evaluation is null ? outcome.Fit?.Objective ?? outcome.Search!.Loss : evaluation.Loss + penalty):F6}");
            if (targets.Length == 1 && !settings.Standardize) // none where rows are elsewhere
            {
                var weights = model.Less(data.Shift).Weights.Select(w => (float)w).ToArray();
                var rows = data.Blocks[0].Observations(settings.Intercept, targets[0]);
                Row("duality gap", $"{DualityGap.Of<TLink>(rows, weights, settings.L2, settings.L1):E2}");
            }

            Row("weights not 0", $"{outcome.Coefficients.Take(data.Columns).Count(w => w != 0)} of {data.Columns}");
        }

        void Row(string name, FormattableString value) => summary.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    internal static void WriteHeldOut(IAnsiConsole console, Datasets rows, IEnumerable<(string Name, string Value)> summary)
    {
        var grid = new Grid().AddColumns(2);
        grid.AddRow("held out", string.Create(CultureInfo.InvariantCulture, $"{rows.Rows} rows"));
        foreach (var (name, value) in summary)
            grid.AddRow("held-out " + name, Markup.Escape(value));
        console.Write(grid);
    }

    // As R lays out a summary.
    private static Table Table(Datasets data, Model model, TrainSettings settings, TrainOutcome outcome)
    {
        var hasErrors = outcome.Fit?.StandardErrors.Count > 0;
        var statistic = outcome.Fit?.IsDispersionEstimated == true ? "t" : "z";
        var table = new Table().AddColumn("feature").AddColumn("estimate");
        if (hasErrors)
            table.AddColumns("std. error", statistic + " value", $"Pr(>|{statistic}|)", "2.5 %", "97.5 %");
        table.Border(TableBorder.Simple);
        foreach (var column in table.Columns)
            column.NoWrap().Padding(0, 0, 1, 0);
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        for (var j = 0; j < Math.Min(data.Columns, ShownWeights); j++)
            Add(Message.Quote(data.Features[j]), j);
        if (data.Columns > ShownWeights)
            table.AddRow("…", $"{data.Columns - ShownWeights} more");
        if (settings.Intercept)
            Add("(intercept)", data.Columns);
        return table;

        void Add(string name, int j)
        {
            if (!hasErrors)
            {
                table.AddRow(Markup.Escape(name), Number(model.Weights[j], "G8"));
                return;
            }

            var c = outcome.Fit!.Summary[j];
            if (double.IsNaN(c.StandardError))
                table.AddRow(Markup.Escape(name), "left out");
            else
                table.AddRow(Markup.Escape(name), Number(c.Estimate, "G8"), Number(c.StandardError, "G6"), Number(c.Statistic,
                    Math.Abs(c.Statistic) < 1e6 ? "F3" : "G6"), P(c.PValue), Number(c.Lower, "G6"), Number(c.Upper, "G6"));
        }
    }

    private static string P(double p) => double.IsNaN(p) ? string.Empty : p < 2e-16 ? "< 2e-16" : Number(p, p < 1e-3 ? "0.00e-00" : "F4");

    // An exact fit has errors of 0, and no statistic.
    private static string Number(double value, string format) => double.IsNaN(value)
        ? string.Empty
        : value.ToString(format, CultureInfo.InvariantCulture);
}
