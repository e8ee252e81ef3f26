using System.CommandLine;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Cli.Onnx;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels export MODEL FILE</c>: a model for other programs.</summary>
internal static class ExportCommand
{
    internal static Command Create(IAnsiConsole console)
    {
        var weights = new Argument<string>("weights") { Description = "file written by train --out" };
        var file = new Argument<string>("file") { Description = "where to; a name that ends in .onnx" };
        var command = new Command("export", "Write a model as ONNX: label and probabilities for logit, else the mean.") { weights, file };
        command.SetAction(result =>
        {
            var (from, to) = (result.GetValue(weights)!, result.GetValue(file)!);
            if (!to.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
                throw new DataException(to, "must end in .onnx, which is what is written");
            var bytes = OnnxModel.Of(ModelInput.Read(from), from);
            using var output = OutputFile.Open(to, from);
            output.Write(stream => stream.Write(bytes));
            output.Commit();
            console.MarkupLineInterpolated($"model written to [bold]{Message.Line(to)}[/]");
            return ExitCode.Success;
        });
        return command;
    }
}
