using System.CommandLine;
using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Links;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels evaluate WEIGHTS [DATA]</c>: how good trained weights are on labeled rows.</summary>
internal static class EvaluateCommand
{
    internal static Command Create(IAnsiConsole console, TextReader input, TextWriter error)
    {
        var weights = new Argument<string>("weights") { Description = "file written by train --out" };
        var data = new Argument<string?>("data")
        {
            Description = "LIBSVM, CSV, Parquet, Arrow or raw float32 file with labels, or - for standard input; the heart_scale sample "
                + "if not given",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var picture = new Option<string?>("--svg") { Description = "logit: write the ROC curve and the reliability curve to this file" };
        var (reading, showing) = (new ReadingOptions(input), new DisplayOptions(console, error));
        var command = new Command("evaluate", "Loss, deviance, and for logit accuracy, AUC and calibration by decile.")
        {
            weights, data, picture,
        };
        reading.AddScoringTo(command);
        showing.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(Run(result, cancellation)));
        return command;

        int Run(ParseResult result, CancellationToken cancellation)
        {
            OutputFile.CheckStandardOutput(result.GetValue(weights), result.GetValue(data));
            var model = ModelInput.Read(result.GetValue(weights)!);
            if (result.GetValue(picture) is not null && model.Link != ModelLink.Logit)
                throw new DataException("--svg", "is for the logit link");
            using var curves = result.GetValue(picture) is { } path
                ? OutputFile.Open(path, result.GetValue(weights), result.GetValue(data))
                : null;
            return model.Link.Run(
                new Work(
                    console,
                    showing.Of(result),
                    model,
                    result.GetValue(data),
                    ModelInput.For(model, reading.Of(result, cancellation), result.GetValue(data)),
                    result.GetValue(picture),
                    curves));
        }
    }

    private sealed class Work(
        IAnsiConsole console, Display display, Model model, string? path, ReadOptions options, string? picture,
        OutputFile? curves) : IForLink<int>
    {
        public int Run<TLink>()
            where TLink : struct, ILink
        {
            var data = new Datasets(
                path is null
                    ? [ModelInput.Sample(model)]
                    : display.Reading(progress =>
                        DataReader.ReadFor(path, options with { Progress = progress }, [.. model.Features], labeled: true).ToArray()));
            var (targets, _) = data.Targets<TLink>(model.Labels);
            var evaluator = new Evaluator<TLink>(model.Less(data.Shift));
            for (var i = 0; i < targets.Length; i++)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                evaluator.Add(data.Blocks[i], targets[i]);
            }

            var grid = new Grid().AddColumns(2);
            grid.AddRow("rows", string.Create(CultureInfo.InvariantCulture,
                $"{data.Rows}{(evaluator.Skipped > 0 ? $", {evaluator.Skipped} of them skipped" : string.Empty)}"));
            foreach (var (name, value) in evaluator.Summary())
                grid.AddRow(name, Markup.Escape(value));
            console.Write(grid);
            if (typeof(TLink) != typeof(Logit))
                return ExitCode.Success;

            var deciles = evaluator.Deciles();
            var table = new Table().AddColumns("decile", "weight", "predicted", "observed");
            for (var i = 0; i < deciles.Count; i++)
            {
                table.AddRow(
                    (i + 1).ToString(CultureInfo.InvariantCulture),
                    deciles[i].Weight.ToString("G9", CultureInfo.InvariantCulture),
                    deciles[i].Predicted.ToString("F4", CultureInfo.InvariantCulture),
                    deciles[i].Observed.ToString("F4", CultureInfo.InvariantCulture));
            }

            foreach (var column in table.Columns)
                column.RightAligned();
            console.Write(table);
            if (curves is not null)
            {
                curves.Write(stream => EvaluationPlot.Of(evaluator.Roc(), deciles).Save(stream));
                curves.Commit();
                console.MarkupLineInterpolated($"curves written to [bold]{Message.Line(picture!)}[/]");
            }

            return ExitCode.Success;
        }
    }
}
