using System.Diagnostics;

namespace Kernels.Tests.Support;

/// <summary>The tool as a process of its own, run by a shell: what redirections, signals and file systems do to it.</summary>
internal static class ToolProcess
{
    /// <summary>A tool to test in the place of this build's, such as the native file; null for this build's.</summary>
    internal static string? Given { get; } = Environment.GetEnvironmentVariable("KERNELS_TOOL");

    // Not the copy beside the tests: these use ASP.NET's framework, and what it has of the tool's libraries is not copied.
    internal static string Path { get; } = Given ?? System.IO.Path.Combine(
        Repository.Root, "src", "Kernels.Cli", "bin", Configuration, "net10.0", OperatingSystem.IsWindows()
            ? "Kernels.Cli.exe"
            : "Kernels.Cli");

    /// <summary>The name of its process.</summary>
    internal static string Name => System.IO.Path.GetFileName(Path);

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Runs a line of sh in a folder, with $K for the tool; killed, and a failure, after a minute.</summary>
    internal static async Task<(int Code, string Output, string Error)> Shell(string folder, string line)
    {
        using var process = Start(folder, line);
        return await End(process, string.Empty, line);
    }

    /// <summary>Runs the tool by itself, with a text for it to read.</summary>
    internal static async Task<(int Code, string Output, string Error)> Run(string[] arguments, string input)
    {
        using var process = Process.Start(Piped(Path, arguments))!;
        return await End(process, input, string.Join(' ', arguments));
    }

    internal static Process Start(string folder, string line)
    {
        var start = Piped("/bin/sh", ["-c", line]);
        start.WorkingDirectory = folder;
        start.Environment["K"] = Path;
        return Process.Start(start)!;
    }

    private static ProcessStartInfo Piped(string program, string[] arguments) => new(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static async Task<(int Code, string Output, string Error)> End(Process process, string input, string what)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read all that it could.
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"still running: {what}");
        }

        return (process.ExitCode, await output, await error);
    }
}
