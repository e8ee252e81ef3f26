using System.CommandLine;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Cli.Onnx;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels import FILE MODEL</c>: a linear model of another program.</summary>
internal static class ImportCommand
{
    // A linear model of a million columns is 20 MB of JSON.
    private const long MostBytes = 1L << 28;

    internal static Command Create(IAnsiConsole console)
    {
        var file = new Argument<string>("file")
        {
            Description = "an ONNX file with a LinearClassifier or LinearRegressor, or JSON with scikit-learn's coef_, intercept_, "
                + "classes_ and feature_names_in_",
        };
        var weights = new Argument<string>("weights") { Description = "the model file to be written" };
        var features = new Option<string?>("--features")
        {
            Description = "the columns' names, parted by commas; else those of the file, or 1, 2, …",
        };
        var link = new Option<string?>("--link")
        {
            Description = "of JSON: logit, identity or log; if not given logit with classes_, else identity",
        };
        var command = new Command("import", "Make a model file of an ONNX file or of scikit-learn's coefficients.")
        {
            file, weights, features, link,
        };
        command.SetAction(result =>
        {
            var (from, to) = (result.GetValue(file)!, result.GetValue(weights)!);
            var chosen = result.GetValue(link) is { } text
                ? ModelLinks.Parse(text)
                    ?? throw new DataException("--link", $"must be logit, identity or log, not '{Message.Quote(text)}'")
                : (ModelLink?)null;
            var model = Read(from, result.GetValue(features)?.Split(',', StringSplitOptions.TrimEntries), chosen);
            using var output = OutputFile.Open(to, from);
            output.Write(model.Write);
            output.Commit();
            console.MarkupLineInterpolated($"weights written to [bold]{Message.Line(to)}[/]");
            return ExitCode.Success;
        });
        return command;
    }

    private static Model Read(string path, string[]? features, ModelLink? link)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MostBytes)
                throw new DataException(path, $"is of {Bytes.ToText(length)}, too large for a linear model");
            var bytes = File.ReadAllBytes(path);
            var model = path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
                ? OnnxImport.Of(bytes, features)
                : ScikitImport.Of(bytes, features, link);
            if (model.Features.Count + 1 != model.Weights.Count)
                throw new DataException("--features", $"names {model.Features.Count} columns; there are {model.Weights.Count - 1}");
            return model;
        }
        catch (InvalidDataException e)
        {
            throw new DataException(path, Message.Line(e.Message));
        }
        catch (ArgumentException e)
        {
            throw new DataException(path, Message.Line(e.Message.Split(" (Parameter")[0]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message);
        }
    }
}
