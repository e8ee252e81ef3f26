using System.Diagnostics;

namespace Kernels.Tests.Support;

/// <summary>The tool as a process of its own, run by a shell: what redirections, signals and file systems do to it.</summary>
internal static class ToolProcess
{
    // Not the copy beside the tests: these use ASP.NET's framework, and what it has of the tool's libraries is not copied.
    internal static string Path { get; } = System.IO.Path.Combine(
        Repository.Root, "src", "Kernels.Cli", "bin", Configuration, "net10.0", OperatingSystem.IsWindows()
            ? "Kernels.Cli.exe"
            : "Kernels.Cli");

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Runs a line of sh in a folder, with $K for the tool; killed, and a failure, after a minute.</summary>
    internal static async Task<(int Code, string Output, string Error)> Shell(string folder, string line)
    {
        using var process = Start(folder, line);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"still running: {line}");
        }

        return (process.ExitCode, await output, await error);
    }

    internal static Process Start(string folder, string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["K"] = Path;
        return Process.Start(start)!;
    }
}
