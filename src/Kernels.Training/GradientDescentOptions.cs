namespace Kernels.Training;

/// <summary>How <see cref="GradientDescent"/> steps and when it stops.</summary>
public sealed record GradientDescentOptions : TrainingOptions
{
    /// <summary>By default up to 10,000 passes.</summary>
    public GradientDescentOptions() => MaxIterations = 10_000;

    /// <summary>
    /// α in w ← w − α·∇J, for J the sum over the rows, in the columns' own units: the formula's steps, which only columns of like
    /// scales bear. Null, the default, steps in coordinates without units (columns less their means, where there is an intercept, by their
    /// deviations) by 1/L with L the Lipschitz constant of the gradient there, found by power iteration (<see cref="Lipschitz"/>) and
    /// raised whenever the gradient is seen to change faster. The log link has no such constant: it begins with that at the mean count, and
    /// goes back to shorter steps from where the loss overflows.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>
    /// The length of a step in standard errors that columns without correlation would have, √(gᵀg/(c·φ)) in coordinates without
    /// units, that must not be exceeded to count as converged; not asked where there is a <see cref="LearningRate"/>.
    /// <see cref="TrainingOptions.GradientTolerance"/> must hold besides.
    /// </summary>
    public double DecrementTolerance { get; init; } = 1e-3;

    /// <summary>Whether to add Nesterov's momentum, restarted whenever it points uphill; the plain update otherwise.</summary>
    public bool Accelerate { get; init; } = true;

    /// <summary>λ₁ in the penalty λ₁·Σ|wⱼ|, for J the sum over the rows; the intercept is not penalised. With
    /// <see cref="TrainingOptions.L2"/> the elastic net.</summary>
    public double L1 { get; init; }

    internal override void Validate()
    {
        base.Validate();
        Check.Penalty(L1, nameof(L1));
        Check.Tolerance(DecrementTolerance, nameof(DecrementTolerance));
        if (LearningRate is { } rate && (!(rate > 0) || double.IsPositiveInfinity(rate)))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), rate,
                $"The learning rate is {rate}; it must be finite and positive.");
    }
}
