using Kernels.Links;

namespace Kernels.Training;

/// <summary>An optimiser's way from some weights to better ones, until there is a reason to stop; the weights change with every finished
/// step.</summary>
internal delegate StopReason Descent<TLink, TOptions>(
    ref Objective<TLink> objective, Span<float> weights, TOptions options, Recorder recorder)
    where TLink : struct, ILink
    where TOptions : TrainingOptions;

/// <summary>What is the same in every fit: passes are counted, a cancelled one is left where it is, the outcome is told.</summary>
internal static class Fit
{
    internal static TrainingResult Run<TLink, TOptions>(
        Objective<TLink> objective,
        Span<float> weights,
        TOptions options,
        Descent<TLink, TOptions> descend,
        Action<TrainingProgress>? progress,
        CancellationToken cancellationToken)
        where TLink : struct, ILink
        where TOptions : TrainingOptions
    {
        var recorder = new Recorder(objective.Rows, options, progress, cancellationToken);
        StopReason stop;
        try
        {
            stop = descend(ref objective, weights, options, recorder);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            stop = StopReason.Cancelled;
        }

        return recorder.Result(stop, objective, weights);
    }
}
