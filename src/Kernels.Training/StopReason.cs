namespace Kernels.Training;

/// <summary>Why an optimiser stopped. The weights are those of the last finished step, whatever the reason.</summary>
public enum StopReason
{
    /// <summary>The mean gradient is within the tolerance.</summary>
    Converged,

    /// <summary>The limit on iterations was reached.</summary>
    IterationLimit,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>A row contains NaN or ∞: <see cref="TrainingResult.NonFiniteRow"/>.</summary>
    NonFinite,

    /// <summary>
    /// The loss, a derivative or a weight overflows, though the data are finite: too large a learning rate, values or weights. The
    /// weights are the last finite ones.
    /// </summary>
    Diverged,

    /// <summary>No step along the descent direction changes the float32 weights for the better: as close as rounding allows.</summary>
    Stalled,

    /// <summary>The search for a step gave up though the gradient says that there is one: this is no optimum. Columns of very different
    /// size do that; scale them.</summary>
    SearchFailed,
}
