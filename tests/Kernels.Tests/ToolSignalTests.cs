using System.Diagnostics;
using System.Globalization;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>SIGINT, SIGTERM and SIGHUP, wherever the tool is.</summary>
public sealed class ToolSignalTests : ToolProcessFolder
{
    [Theory]
    [InlineData("$K train -", null)]
    [InlineData("$K predict m.json -", null)]
    [InlineData("$K evaluate m.json - --target label", null)]
    [InlineData("$K predict m.json - --format libsvm", null)]
    [InlineData("mkfifo f; $K train f", null)]
    [InlineData("mkfifo f; $K train --out f", null)]
    [InlineData("$K predict f m.json", "mkfifo f; ")]
    [InlineData("yes 0.5,0.25,1 2>/dev/null | $K train - --no-header --max-memory 1G --out w.json", null)]
    [InlineData("yes 0.5,0.25 2>/dev/null | $K predict m.json - --no-header --out p.txt", null)]
    [InlineData("$K train --optimizer gd --plain --tolerance 0 --max-iterations 2000000000", null)]
    [InlineData("$K train --optimizer sgd --max-iterations 2000000000", null)]
    public async Task Signals_stop_every_phase(string line, string? before)
    {
        foreach (var (signal, code) in new[] { ("TERM", 143), ("HUP", 129), ("INT", 130) })
        {
            if (IsIgnored(code - 128))
                continue; // SIGINT for a job in the background of a script, SIGHUP under nohup; children inherit it: no signal then
            var run = line.Replace("$K", "exec $K", StringComparison.Ordinal).Replace("| exec $K", "| $K", StringComparison.Ordinal);
            var process = Begin($"rm -f f; {before}{run}");
            var tool = await ToolOf(process);
            await Task.Delay(300, TestContext.Current.CancellationToken); // its work has begun
            Assert.Equal(0, (await Shell($"kill -{signal} {tool}")).Code);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await process.WaitForExitAsync(limit.Token); // by itself: in about half a second here
            Assert.Equal((signal, code), (signal, process.ExitCode));
            Assert.Equal(string.Empty, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.False(File.Exists(PathOf("w.json")) || File.Exists(PathOf("p.txt")));
            AssertNothingTemporary();
        }
    }

    [Fact]
    public async Task A_signal_before_the_first_step_leaves_the_old_model()
    {
        Write("old.json", TextOf("m.json"));
        var process = Begin("exec $K train - --optimizer newton --out old.json");
        await process.StandardInput.WriteAsync("a,b,label\n1,2,1\n2,1,0\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var tool = await ToolOf(process);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await Shell($"kill -TERM {tool}");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(143, process.ExitCode);
        Assert.Equal(TextOf("m.json"), TextOf("old.json"));
        var run = await Shell("$K train y.csv --max-iterations 0 --out old.json");
        AssertOneLine(run, "no iterations");
        Assert.Equal(TextOf("m.json"), TextOf("old.json"));
    }

    // The tool's process, once it is one and catches SIGHUP, as the last of its three: the shell itself after exec, or its child in a pipe.
    // On a busy machine that takes longer than any time that was waited for instead.
    private static async Task<int> ToolOf(Process shell)
    {
        for (var i = 0; i < 500; i++)
        {
            foreach (var id in new[] { shell.Id }.Concat(Children(shell.Id)))
            {
                if (await NameOf(id) is { } name && name.StartsWith(ToolProcess.Name, StringComparison.Ordinal) && Catches(id))
                    return id;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("the tool did not start");

        // Null for a process that is gone, be it between two looks.
        static async Task<string?> NameOf(int id)
        {
            try
            {
                return await File.ReadAllTextAsync($"/proc/{id}/comm");
            }
            catch (IOException)
            {
                return null;
            }
        }

        static bool Catches(int id)
        {
            try
            {
                return IsIgnored(1) || IsIn("SigCgt:", $"/proc/{id}/status", 1);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                return false;
            }
        }

        static IEnumerable<int> Children(int parent)
        {
            var list = $"/proc/{parent}/task/{parent}/children";
            return File.Exists(list) ? File.ReadAllText(list).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)) : [];
        }
    }

    private static bool IsIgnored(int signal) => IsIn("SigIgn:", "/proc/self/status", signal);

    private static bool IsIn(string name, string path, int signal)
    {
        var mask = File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
        return ((ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1)) & 1) != 0;
    }
}
