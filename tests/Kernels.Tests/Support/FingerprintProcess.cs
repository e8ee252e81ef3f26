using System.Collections;
using System.Diagnostics;

namespace Kernels.Tests.Support;

/// <summary>The fingerprint program in a process of its own, with runtime settings of its own.</summary>
internal static class FingerprintProcess
{
    /// <param name="settings">NAME=VALUE, for DOTNET_NAME; every other setting of the runtime is removed.</param>
    /// <returns>What it printed, and its exit code.</returns>
    internal static async Task<(string Output, int ExitCode)> RunAsync(params IEnumerable<string> settings)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Kernels.Fingerprint.exe" : "Kernels.Fingerprint"))
        {
            RedirectStandardOutput = true,
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if ((name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("COMPlus_", StringComparison.Ordinal))
                && name != "DOTNET_ROOT")
                start.Environment.Remove(name);
        }

        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            start.Environment["DOTNET_" + parts[0]] = parts[1];
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (output, process.ExitCode);
    }
}
