using System.CommandLine;
using System.Globalization;
using Kernels.Cli.Data;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels predict WEIGHTS [DATA]</c>: one probability a line, in the order of the rows.</summary>
internal static class PredictCommand
{
    internal static Command Create(IAnsiConsole console, TextWriter standardOutput)
    {
        var weights = new Argument<string>("weights") { Description = "file written by train --out" };
        var data = new Argument<string?>("data") { Description = "LIBSVM or CSV file; the heart_scale sample if not given", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "write the probabilities to this file instead of standard output" };
        var reading = new ReadingOptions();

        var command = new Command("predict", "Score rows with trained weights: P(label = 1), one a line.") { weights, data, output };
        reading.AddTo(command);
        command.SetAction(result => Run(
            console, standardOutput, result.GetValue(weights)!, result.GetValue(data), reading.Of(result), result.GetValue(output)));
        return command;
    }

    private static int Run(IAnsiConsole console, TextWriter standardOutput, string weightsPath, string? dataPath, ReadOptions options, string? outputPath)
    {
        var model = ModelFile.Read(weightsPath);
        var data = dataPath is null ? DataReader.ReadSample() : DataReader.ReadFor(dataPath, options, model.Features);
        if (data.Columns != model.Features.Length)
            throw new DataException(data.Source, $"{data.Columns} features, but the model has {model.Features.Length}");

        var means = new float[data.Rows];
        LogisticRegression.Predict(data.Matrix(model.Intercept), model.Weights, means);
        if (outputPath is null)
        {
            Write(standardOutput, means);
            return ExitCode.Success;
        }

        var temporary = outputPath + ".tmp";
        try
        {
            using (var writer = new StreamWriter(temporary))
                Write(writer, means);
            File.Move(temporary, outputPath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(outputPath, "cannot be written: " + e.Message);
        }

        console.MarkupLineInterpolated($"{data.Rows} probabilities written to [bold]{outputPath}[/]");
        return ExitCode.Success;
    }

    private static void Write(TextWriter writer, float[] means)
    {
        foreach (var mean in means)
            writer.WriteLine(mean.ToString(CultureInfo.InvariantCulture));
        writer.Flush();
    }
}
