namespace Kernels.Training;

/// <summary>How <see cref="Lbfgs"/> models the curvature and when it stops.</summary>
public sealed record LbfgsOptions : TrainingOptions
{
    /// <summary>Steps whose curvature is remembered, 1 or more; each takes two float64 a weight.</summary>
    public int Memory { get; init; } = 10;

    /// <summary>
    /// The length of a step in standard errors, √(gᵀHg/φ) with the model H of the inverse Hessian, that must not be exceeded twice
    /// running to count as converged. <see cref="TrainingOptions.GradientTolerance"/> must hold besides. Neither has a unit.
    /// </summary>
    public double DecrementTolerance { get; init; } = 1e-4;

    internal override void Validate()
    {
        base.Validate();
        Check.Tolerance(DecrementTolerance, nameof(DecrementTolerance));
        ArgumentOutOfRangeException.ThrowIfLessThan(Memory, 1);
    }
}
