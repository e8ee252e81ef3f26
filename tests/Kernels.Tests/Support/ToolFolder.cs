using System.Diagnostics;

namespace Kernels.Tests.Support;

/// <summary>A folder for one test of the tool, the processes that end with it, and what such tests ask of an error.</summary>
public abstract class ToolFolder : IDisposable
{
    private readonly List<Process> _processes = [];

    private protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("kernels-");

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Folder.Delete(recursive: true);
    }

    /// <summary>Starts a line of sh in the folder; what is left of it ends with this test, however that ends.</summary>
    private protected Process Begin(string line)
    {
        var process = ToolProcess.Start(Folder.FullName, line);
        _processes.Add(process);
        return process;
    }

    /// <summary>Exit code 2, and one short line without control characters.</summary>
    private protected static void AssertOneLine((int Code, string Output, string Error) run, string what)
    {
        Assert.True(run.Code == 2, $"{what}: exit {run.Code}, {run.Output}");
        Assert.True(run.Error.EndsWith('\n') && run.Error.Length is > 1 and <= 402, $"{what}: {run.Error.Length} characters: {run.Error}");
        Assert.DoesNotContain(run.Error[..^1], char.IsControl);
        Assert.False(run.Error.Contains("should not have happened", StringComparison.Ordinal), $"{what}: {run.Error}");
    }

    /// <summary>A file of weights.</summary>
    private protected static string ModelText(string[] features, string weights, bool intercept = false, string link = "logit") =>
        $$"""{"link":"{{link}}","arithmeticContract":{{ArithmeticContract.Version}},"""
        + $$"""
        "features":[{{string.Join(',', features.Select(name => $"\"{name}\""))}}],
        """
        + $$"""
        "intercept":{{(intercept ? "true" : "false")}},"weights":{{weights}}}
        """;

    private protected string PathOf(string name) => Path.Combine(Folder.FullName, name);

    private protected string TextOf(string name) => File.ReadAllText(PathOf(name));

    private protected string Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    private protected string Write(string name, byte[] bytes)
    {
        var path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
