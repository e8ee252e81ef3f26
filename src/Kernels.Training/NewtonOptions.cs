namespace Kernels.Training;

/// <summary>How <see cref="Newton"/> solves for its steps and when it stops.</summary>
public sealed record NewtonOptions : TrainingOptions
{
    /// <summary>Products with the Hessian for one step, at most.</summary>
    public int MaxConjugateGradients { get; init; } = 200;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConjugateGradients, 1);
    }
}
