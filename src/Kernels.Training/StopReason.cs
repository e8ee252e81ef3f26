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

    /// <summary>The loss or the gradient overflows, though the data are finite: too large a learning rate, or weights beyond the range of float32.</summary>
    Diverged,

    /// <summary>No step along the descent direction changes the float32 weights for the better: as close as rounding allows.</summary>
    Stalled,
}
