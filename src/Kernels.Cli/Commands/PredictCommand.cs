using System.CommandLine;
using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Links;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels predict WEIGHTS [DATA]</c>: one mean a line, in the order of the rows, block by block.</summary>
internal static class PredictCommand
{
    internal static Command Create(IAnsiConsole console, TextReader input, TextWriter standardOutput)
    {
        var weights = new Argument<string>("weights") { Description = "file written by train --out" };
        var data = new Argument<string?>("data") { Description = "LIBSVM, CSV, Parquet or raw float32 file, or - for standard input; the heart_scale sample if not given", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "write the predictions to this file instead of standard output" };
        var reading = new ReadingOptions(input);

        var command = new Command("predict", "Score rows with trained weights: the mean of the label (for logit P(label = 1)), one a line.") { weights, data, output };
        reading.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(Run(
            console, standardOutput, ModelFile.Read(result.GetValue(weights)!), result.GetValue(data), reading.Of(result), result.GetValue(output), cancellation)));
        return command;
    }

    private static int Run(
        IAnsiConsole console, TextWriter standardOutput, ModelFile model, string? dataPath, ReadOptions options, string? outputPath, CancellationToken cancellation)
    {
        var blocks = dataPath is null ? [ModelInput.Sample(model)] : DataReader.ReadFor(dataPath, options, model.Features, labeled: false);
        if (outputPath is null)
        {
            Write(standardOutput);
        }
        else
        {
            var rows = 0L;
            NewFile.Write(outputPath, stream =>
            {
                using var writer = new StreamWriter(stream);
                rows = Write(writer);
            });
            console.MarkupLineInterpolated($"{rows} predictions written to [bold]{outputPath}[/]");
        }

        return ExitCode.Success;

        long Write(TextWriter writer)
        {
            var rows = 0L;
            foreach (var rowsOfBlock in blocks)
            {
                using var block = rowsOfBlock;
                cancellation.ThrowIfCancellationRequested();
                foreach (var mean in model.LinkName.Run(new Means(model, block)))
                    writer.WriteLine(mean.ToString(CultureInfo.InvariantCulture));
                rows += block.Rows;
            }

            writer.Flush();
            return rows;
        }
    }

    private sealed class Means(ModelFile model, Dataset data) : IForLink<float[]>
    {
        public float[] Run<TLink>()
            where TLink : struct, ILink
        {
            var means = new float[data.Rows];
            Glm<TLink>.Predict(data.Matrix(model.Intercept), model.Weights, data.Offset, means);
            return means;
        }
    }
}
