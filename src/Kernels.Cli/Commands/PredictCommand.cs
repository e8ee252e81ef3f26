using System.CommandLine;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels predict WEIGHTS [DATA]</c>: one mean a line, in the order of the rows, block by block.</summary>
internal static class PredictCommand
{
    internal static Command Create(IAnsiConsole console, TextReader input, TextWriter standardOutput, TextWriter error)
    {
        var weights = new Argument<string>("weights") { Description = "file written by train --out" };
        var data = new Argument<string?>("data")
        {
            Description = "LIBSVM, CSV, Parquet, Arrow or raw float32 file, or - for standard input; the heart_scale sample if not given",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--out") { Description = "write the predictions to this file instead of standard output" };
        var classes = new Option<bool>("--class") { Description = "logit: the label instead of its probability" };
        var threshold =
            NumberOption.Of("--threshold", "with --class: the probability from which on a row has the second label; 0.5 if not given");
        var keep = new Option<string?>("--keep")
        {
            Description = "CSV, Parquet and Arrow: write the text of this column, and a comma, before each score",
        };
        var (reading, showing) = (new ReadingOptions(input), new DisplayOptions(console, error));

        var command = new Command("predict", "Score rows with trained weights: the mean of the label (for logit P(label = 1)), one a line.")
        {
            weights, data, output, classes, threshold, keep,
        };
        reading.AddScoringTo(command);
        showing.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            OutputFile.CheckStandardOutput(result.GetValue(weights), result.GetValue(data));
            var (model, path) = (ModelInput.Read(result.GetValue(weights)!), result.GetValue(output));
            using var file = path is null ? null : OutputFile.Open(path, result.GetValue(weights), result.GetValue(data));
            var options =
                ModelInput.For(model, reading.Of(result, cancellation) with { Key = result.GetValue(keep) }, result.GetValue(data));
            if (options.Key is not null && result.GetValue(data) is null)
                throw new DataException("--keep", "goes with CSV, Parquet and Arrow files");
            var scores = ScoreText.Of(model, result.GetValue(classes), result.GetValue(threshold));

            // Scores on the terminal are their own progress.
            var display = file is null ? showing.Of(result) with { Terminal = null } : showing.Of(result);
            return Task.FromResult(display.Reading(
                progress => Run(console, standardOutput, model, result.GetValue(data), options with { Progress = progress }, scores,
                    path, file)));
        });
        return command;
    }

    private static int Run(
        IAnsiConsole console,
        TextWriter standardOutput,
        Model model,
        string? dataPath,
        ReadOptions options,
        ScoreText scores,
        string? outputPath,
        OutputFile? output)
    {
        var blocks = dataPath is null
            ? Offsets.Ready([ModelInput.Sample(model)], options)
            : DataReader.ReadFor(dataPath, options, [.. model.Features], labeled: false);
        if (output is null)
        {
            Write(text => standardOutput.Write(text));
        }
        else
        {
            // Rows are read outside the guard of the output, whose failures are another's.
            var writer = new StreamWriter(output.Stream);
            var rows = Write(text => output.Write(_ => writer.Write(text)));
            output.Write(_ => writer.Flush());
            output.Commit();
            console.MarkupLineInterpolated($"{rows} predictions written to [bold]{outputPath}[/]");
        }

        return ExitCode.Success;

        long Write(Action<StringBuilder> write)
        {
            var (rows, text) = (0L, new StringBuilder());
            foreach (var block in blocks)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                var means = new float[block.Rows];
                model.Less(block.Shift).Predict(block.Matrix(intercept: false), block.Offset, means);
                for (var i = 0; i < means.Length; i++)
                    scores.Append(text, block.Keys?[i], means[i]);
                write(text);
                text.Clear();
                rows += block.Rows;
            }

            return rows;
        }
    }
}
