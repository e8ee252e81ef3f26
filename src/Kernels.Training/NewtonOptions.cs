namespace Kernels.Training;

/// <summary>How <see cref="Newton"/> solves for its steps and when it stops.</summary>
public sealed record NewtonOptions : TrainingOptions
{
    /// <summary>Products with the Hessian for one step, at most.</summary>
    public int MaxConjugateGradients { get; init; } = 200;

    /// <summary>
    /// The length of the Newton step in standard errors, √(gᵀH⁻¹g/φ), that must not be exceeded to count as converged.
    /// <see cref="TrainingOptions.GradientTolerance"/> must hold besides. Neither has a unit.
    /// </summary>
    public double DecrementTolerance { get; init; } = 1e-3;

    internal override void Validate()
    {
        base.Validate();
        Check.Tolerance(DecrementTolerance, nameof(DecrementTolerance));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConjugateGradients, 1);
    }
}
