namespace Kernels.Verification;

/// <summary>
/// Random problems: every width that this machine has and the public entry points against each other, bit for bit; the gradient and the
/// means against double loops, within the promised bounds; the inputs against what they were.
/// </summary>
public static class Fuzz
{
    /// <summary>Looks at so many problems, of the seeds from the first one on, on all processors.</summary>
    /// <param name="report">Called from time to time with the number of problems done.</param>
    public static FuzzReport Run(ulong firstSeed, long problems, Action<long>? report = null, CancellationToken cancellation = default)
    {
        Runner[] runners = [.. Engine.Supported, new PublicRunner()];
        var (gate, done, largest, failed) = (new Lock(), 0L, 0.0, (FuzzCase?)null);
        Parallel.For(0L, problems, new ParallelOptions { CancellationToken = cancellation }, (i, state) =>
        {
            var @case = FuzzCase.Of(firstSeed + (ulong)i);
            var fault = Fault(@case, runners, out var share);
            lock (gate)
            {
                largest = Math.Max(largest, share);
                if (fault is not null && (failed is null || @case.Seed < failed.Seed))
                {
                    failed = @case;
                    state.Break();
                }

                if (++done % 1024 == 0)
                    report?.Invoke(done);
            }
        });
        return new(done, [.. Engine.Supported.Select(engine => engine.Name)], largest, failed is null ? null : Shrink(failed, runners));
    }

    /// <summary>What is wrong with a case, or null.</summary>
    public static string? Fault(FuzzCase @case, IReadOnlyList<Runner> runners, out double share)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(runners);
        var problem = new FuzzProblem(@case);
        var first = FuzzOutputs.Of(@case, problem, runners[0]);
        var fault = FuzzTruth.Fault(@case, problem, first, out share);
        for (var i = 1; i < runners.Count && fault is null; i++)
        {
            if (first.DifferenceTo(FuzzOutputs.Of(@case, problem, runners[i])) is { } name)
                fault = $"{name}: {runners[i]} has other bits than {runners[0]}";
        }

        return fault ?? (problem.IsUntouched ? null : "an input was written to");
    }

    /// <summary>The smallest case that still fails, found by one simplification after another.</summary>
    public static FuzzFailure Shrink(FuzzCase @case, IReadOnlyList<Runner> runners)
    {
        var fault = Fault(@case, runners, out _) ?? throw new ArgumentException("This case does not fail.", nameof(@case));
        for (var simpler = true; simpler;)
        {
            simpler = false;
            foreach (var candidate in @case.Simpler())
            {
                if (Fault(candidate, runners, out _) is not { } found)
                    continue;
                (@case, fault, simpler) = (candidate, found, true);
                break;
            }
        }

        return new(@case, fault);
    }
}
