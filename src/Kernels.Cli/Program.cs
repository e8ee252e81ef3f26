using System.CommandLine;
using Kernels.Cli.Commands;
using Kernels.Cli.Data;
using Spectre.Console;

namespace Kernels.Cli;

/// <summary>The <c>kernels</c> tool.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments) => RunAsync(arguments, AnsiConsole.Console, Console.Out, Console.Error);

    internal static async Task<int> RunAsync(string[] arguments, IAnsiConsole console, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var root = new RootCommand("Logistic regression by fused SIMD kernels.")
        {
            TrainCommand.Create(console),
            PredictCommand.Create(console, output),
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
        catch (DataException e)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.BadInput;
        }
    }
}
