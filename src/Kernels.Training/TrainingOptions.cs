namespace Kernels.Training;

/// <summary>What all optimisers have in common.</summary>
public abstract record TrainingOptions
{
    private protected TrainingOptions()
    {
    }

    /// <summary>λ in the penalty ½·λ·Σwⱼ², for J the sum over the rows; the intercept is not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>
    /// Stop when no component of the mean gradient is larger: ∇J/Σsᵢ, with the penalties (for L1, of the proximal gradient map). It is
    /// that of columns less their means, by their deviations, and of targets by theirs where the link is the identity, so that it has no
    /// unit, but for the steps of a given learning rate, where it is that of the columns as they are.
    /// </summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>Stop after so many passes over X, those of a line search or of conjugate gradients included.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>Threads at most; 1, the default, stays on the calling thread, −1 takes as many as there are processors. The result has
    /// the same bits.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal virtual void Validate()
    {
        Check.Penalty(L2, nameof(L2));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxIterations);
        Check.Tolerance(GradientTolerance, nameof(GradientTolerance));
        Check.Threads(MaxDegreeOfParallelism, nameof(MaxDegreeOfParallelism));
    }
}
