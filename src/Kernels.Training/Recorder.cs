using System.Diagnostics;

namespace Kernels.Training;

/// <summary>Counts passes, tells the caller of them, and knows when to stop.</summary>
internal sealed class Recorder(long rows, TrainingOptions options, Action<TrainingProgress>? progress, CancellationToken cancellation)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<double> _losses = [];

    internal int Passes { get; private set; }

    /// <summary>The mean gradient's largest component at the last point that counts.</summary>
    internal double GradientNorm { get; set; } = double.NaN;

    internal bool IsCancelled => cancellation.IsCancellationRequested;

    /// <summary>A reason not to begin another pass; null to go on.</summary>
    internal StopReason? BeforePass()
    {
        if (IsCancelled)
            return StopReason.Cancelled;
        return Passes >= options.MaxIterations ? StopReason.IterationLimit : null;
    }

    /// <summary>Passes that have no loss to tell of.</summary>
    internal void Count(int passes) => Passes += passes;

    internal void Report(double loss, double gradientNorm, double step)
    {
        Passes++;
        _losses.Add(loss);
        var elapsed = _clock.Elapsed;
        progress?.Invoke(new(Passes, loss, gradientNorm, step, elapsed, rows * (double)Passes / Math.Max(elapsed.TotalSeconds, 1e-9)));
    }

    /// <summary>The outcome; a loss that is not finite is blamed on the data if a row is to blame.</summary>
    internal TrainingResult Result<TLink>(StopReason reason, in Objective<TLink> objective, ReadOnlySpan<float> weights)
        where TLink : struct, Links.ILink
    {
        var elapsed = _clock.Elapsed;
        var loss = double.NaN;
        try
        {
            loss = reason == StopReason.Cancelled ? double.NaN : objective.Loss(weights);
        }
        catch (OperationCanceledException) when (IsCancelled)
        {
            reason = StopReason.Cancelled;
        }

        if (reason is StopReason.Converged or StopReason.Stalled && !double.IsFinite(loss))
            reason = StopReason.Diverged;
        long? row = null;
        if (reason == StopReason.Diverged)
        {
            row = objective.FirstRowThatIsNotFinite(cancellation);
            reason = row is null ? reason : StopReason.NonFinite;
        }

        return new(reason, Passes, loss, GradientNorm, elapsed, _losses, objective.SkippedRows, row);
    }
}
