using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Kernels.Verification;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels verify</c>: whether this machine computes what every machine must, checked here and now.</summary>
internal static class VerifyCommand
{
    private const long Problems = 20_000;

    internal static Command Create(IAnsiConsole console)
    {
        var problems = new Option<long>("--problems")
        {
            Description = "random problems on which all vector widths are compared with each other and with float64",
            DefaultValueFactory = _ => Problems,
        };
        problems.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<long>() < 0)
                result.AddError("--problems must not be negative");
        });
        var seed = new Option<ulong>("--seed")
        {
            Description = "the seed of the first problem; each has the next",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("verify", "Check on this machine that results have the bits and the accuracy that are promised.")
        {
            problems, seed,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(console, parsed.GetValue(problems), parsed.GetValue(seed), cancellation), cancellation));
        return command;
    }

    private static int Run(IAnsiConsole console, long problems, ulong seed, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (processor, runtime) = (CpuInfo.Name ?? "an unknown processor", RuntimeInformation.FrameworkDescription);
        console.MarkupLineInterpolated($"{Simd.Width} on {processor}, {runtime}; arithmetic contract {ArithmeticContract.Version}");
        var right = Hashes(console, cancellation);
        var report = Fuzz.Run(seed, problems, cancellation: cancellation);
        if (report.Failure is { } failure)
        {
            console.MarkupLineInterpolated($"[red]seed {failure.Case.Seed}[/]: {failure.Fault}");
            console.MarkupLineInterpolated($"smallest such problem: {failure.Case}");
            right = false;
        }
        else if (problems > 0)
        {
            var (widths, share) = (string.Join(", ", report.Widths), report.LargestShare);
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"{report.Problems:N0} random problems: the same bits on {widths}; errors of gradients at most {share:P0} of their bound");
        }

        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(right ? "[green]verified[/]" : "[red]NOT verified[/]")} in {clock.Elapsed.TotalSeconds:F1} s"));
        return right ? ExitCode.Success : ExitCode.NotVerified;
    }

    private static bool Hashes(IAnsiConsole console, CancellationToken cancellation)
    {
        var all = CommittedHash.All;
        var found = new string[all.Count];
        Parallel.For(0, all.Count, new ParallelOptions { CancellationToken = cancellation }, i => found[i] = all[i].Compute());
        for (var i = 0; i < all.Count; i++)
        {
            var same = found[i] == all[i].Committed;
            console.MarkupLineInterpolated($"{found[i][..16]}  {(same ? "as committed" : $"NOT {all[i].Committed[..16]}")}  {all[i].Name}");
        }

        return found.SequenceEqual(all.Select(hash => hash.Committed));
    }
}
