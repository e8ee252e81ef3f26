using System.CommandLine;
using Kernels.Cli.Commands;
using Kernels.Cli.Data;
using Spectre.Console;

namespace Kernels.Cli;

/// <summary>The <c>kernels</c> tool.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments) => RunAsync(arguments, AnsiConsole.Console, Console.In, Console.Out, Console.Error);

    internal static async Task<int> RunAsync(string[] arguments, IAnsiConsole console, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var root = new RootCommand("Generalised linear models by fused SIMD kernels.")
        {
            TrainCommand.Create(console, input),
            PredictCommand.Create(console, input, output),
            EvaluateCommand.Create(console, input),
            InfoCommand.Create(console),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(string.Join(' ', parsed.Errors.Select(e => e.Message))).ConfigureAwait(false);
            return ExitCode.BadInput;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,
                ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
            }, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        catch (DataException e)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.BadInput;
        }
    }
}
