namespace Kernels.Training;

/// <summary>Why an optimiser stopped.</summary>
public enum StopReason
{
    /// <summary>The mean gradient is within the tolerance.</summary>
    Converged,

    /// <summary>The limit on iterations was reached.</summary>
    IterationLimit,

    /// <summary>The caller cancelled; the weights are those of the last finished step.</summary>
    Cancelled,

    /// <summary>The loss or the gradient is NaN or ∞: bad data, or a learning rate that diverges. The weights are those of the last finished step.</summary>
    NonFinite,

    /// <summary>No step along the descent direction changes the float32 weights for the better: as close as rounding allows.</summary>
    Stalled,
}
