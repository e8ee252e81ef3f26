namespace Kernels.Training;

/// <summary>How the learning rate of <see cref="StochasticGradientDescent"/> falls from epoch to epoch.</summary>
public enum LearningRateSchedule
{
    /// <summary>α.</summary>
    Constant,

    /// <summary>α/√(1 + e) in epoch e = 0, 1, …</summary>
    InverseSquareRoot,

    /// <summary>α/(1 + e).</summary>
    Inverse,
}

/// <summary>How <see cref="StochasticGradientDescent"/> cuts, shuffles and steps.</summary>
public sealed record StochasticGradientDescentOptions : TrainingOptions
{
    /// <summary>By default without a test for convergence, which would take one more pass an epoch.</summary>
    public StochasticGradientDescentOptions() => (GradientTolerance, MaxIterations) = (0, 20);

    /// <summary>α for J the mean over a block, so that it does not depend on the number of rows.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>
    /// Whether steps are taken in coordinates without units: columns less their means (where there is an intercept), by their deviations,
    /// from one look at all rows before the first epoch; for the log link α is divided by the mean count where that is above 1. The
    /// weights are of the columns as they are all the same. False takes the formula's steps, which only columns of like scales bear.
    /// </summary>
    public bool ScaleColumns { get; init; } = true;

    /// <summary>How α falls.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.InverseSquareRoot;

    /// <summary>Consecutive rows that make a block. Rows that are sorted by their target should be shuffled before.</summary>
    public int BlockRows { get; init; } = 256;

    /// <summary>What the order of the blocks follows from: the same seed, the same bits.</summary>
    public ulong Seed { get; init; }

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockRows, 1);
        if (!(LearningRate > 0) || double.IsPositiveInfinity(LearningRate))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate,
                $"The learning rate is {LearningRate}; it must be finite and positive.");
        if (!Enum.IsDefined(Schedule))
            throw new ArgumentOutOfRangeException(nameof(Schedule), Schedule, $"There is no schedule {(int)Schedule}.");
    }
}
