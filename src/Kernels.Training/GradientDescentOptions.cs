namespace Kernels.Training;

/// <summary>How <see cref="GradientDescent"/> steps and when it stops.</summary>
public sealed record GradientDescentOptions : TrainingOptions
{
    /// <summary>By default up to 10,000 passes.</summary>
    public GradientDescentOptions() => MaxIterations = 10_000;

    /// <summary>
    /// α in w ← w − α·∇J, for J the sum over the rows. Null, the default, takes 1/L with L the Lipschitz constant of the gradient, found by power
    /// iteration (<see cref="Lipschitz"/>) and raised whenever the gradient is seen to change faster; the log link has none, so Poisson regression needs a learning rate.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>Whether to add Nesterov's momentum, restarted whenever it points uphill; the plain update otherwise.</summary>
    public bool Accelerate { get; init; } = true;

    /// <summary>λ₁ in the penalty λ₁·Σ|wⱼ|, for J the sum over the rows; the intercept is not penalised. With <see cref="TrainingOptions.L2"/> the elastic net.</summary>
    public double L1 { get; init; }

    internal override void Validate()
    {
        base.Validate();
        Check.Penalty(L1, nameof(L1));
        if (LearningRate is { } rate && (!(rate > 0) || double.IsPositiveInfinity(rate)))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), rate, $"The learning rate is {rate}; it must be finite and positive.");
    }
}
