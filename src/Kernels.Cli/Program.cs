using System.CommandLine;
using System.Text;
using Kernels.Cli.Commands;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Spectre.Console;

namespace Kernels.Cli;

/// <summary>The <c>kernels</c> tool.</summary>
internal static class Program
{
    private const int PlainWidth = 1000;

    internal static async Task<int> Main(string[] arguments)
    {
        using var signals = new Signals();
        var output = StandardOutput.Open();
        var console = Console.IsOutputRedirected ? Plain(output) : AnsiConsole.Console;
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var error = StandardOutput.ErrorIsClosed ? TextWriter.Null : Console.Error;
        return await signals.Watch(Task.Run(() => RunAsync(arguments, console, input, output, error, signals.Token))).ConfigureAwait(false);
    }

    internal static async Task<int> RunAsync(string[] arguments, IAnsiConsole console, TextReader input, TextWriter output,
        TextWriter error, CancellationToken cancellation = default)
    {
        try
        {
            var root = new RootCommand("Generalised linear models by fused SIMD kernels.")
            {
                TrainCommand.Create(console, input, output, error),
                PredictCommand.Create(console, input, output, error),
                EvaluateCommand.Create(console, input, error),
                InfoCommand.Create(console),
                VerifyCommand.Create(console),
                ExportCommand.Create(console),
                ImportCommand.Create(console),
                ShardCommand.Create(console, input, error),
                SiloCommand.Create(console),
            };
            var parsed = root.Parse(arguments);
            if (parsed.Errors.Count > 0)
                return Refused(string.Join(' ', parsed.Errors.Select(e => e.Message)));
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,
                ProcessTerminationTimeout = null, // Signals does that
            }, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        catch (StandardOutputException e) when (e.NobodyReads)
        {
            return ExitCode.NobodyReads;
        }
        catch (OutOfMemoryException)
        {
            return Refused("there is not enough memory for this");
        }
        catch (Exception e) when (e is DataException or StandardOutputException)
        {
            return Refused(e.Message);
        }
#pragma warning disable CA1031 // The last line of defence: whatever it is, it is one line and no stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Refused($"this should not have happened ({e.GetType().Name}: {e.Message}); please report it");
        }

        int Refused(string reason)
        {
            try
            {
                error.WriteLine(Message.Line(reason));
            }
            catch (IOException)
            {
                // Nobody reads errors, either.
            }

            return ExitCode.BadInput;
        }
    }

    private static IAnsiConsole Plain(TextWriter output)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = PlainWidth; // a line for a file or another program is not wrapped
        return console;
    }
}
