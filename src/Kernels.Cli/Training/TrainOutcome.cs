using Kernels.Training;

namespace Kernels.Cli.Training;

/// <summary>What a training came to.</summary>
/// <param name="Coefficients">In the columns' own units, the intercept last.</param>
/// <param name="Chosen">What was done, and why.</param>
/// <param name="Fit">The fit in float64, or the check of what a named optimiser found; null beyond the size of either.</param>
/// <param name="Search">The search of a float32 optimiser; null where there was none.</param>
internal sealed record TrainOutcome(IReadOnlyList<double> Coefficients, string Chosen, FitResult? Fit, TrainingResult? Search)
{
    internal bool IsCancelled => Search?.Reason == StopReason.Cancelled || Fit?.Status == FitStatus.Cancelled;

    /// <summary>Whether anything was learnt.</summary>
    internal bool HasModel => Fit?.Status is not (FitStatus.ConstantTarget or FitStatus.NoRows or FitStatus.NonFinite or FitStatus.Diverged)
        && (Fit is { IsOptimum: true } || Search?.Reason is StopReason.Converged or StopReason.Stalled || Fit?.History.Count > 1
            || (Search is not null && Coefficients.Any(w => w != 0)));

    internal int Passes => (Fit?.Passes ?? 0) + (Search?.Iterations ?? 0);

    internal TimeSpan Elapsed => (Fit?.Elapsed ?? default) + (Search?.Elapsed ?? default);

    internal long SkippedRows => Fit?.SkippedRows ?? Search?.SkippedRows ?? 0;
}
