namespace Kernels.Training;

/// <summary>How a model is fitted, and when it counts as fitted.</summary>
public sealed record FitOptions
{
    /// <summary>λ₂ in the penalty ½·λ₂·Σwⱼ², for J the sum over the rows; the intercept is not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>λ₁ in the penalty λ₁·Σ|wⱼ|; the intercept is not penalised.</summary>
    public double L1 { get; init; }

    /// <summary>Whether penalties are of the coefficients of columns divided by their standard deviations, instead of the columns as they
    /// are.</summary>
    public bool Standardize { get; init; }

    /// <summary>
    /// The Newton decrement √(gᵀH⁻¹g/φ) at which one last step is taken: how far that step would move any combination of
    /// coefficients, in its standard errors. It has no unit. After the step the error is of the order of its square.
    /// </summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Passes over X at most.</summary>
    public int MaxPasses { get; init; } = 100;

    /// <summary>Threads at most; 1, the default, stays on the calling thread, −1 takes as many as there are processors. The result has
    /// the same bits.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Whether standard errors are those of the sandwich estimator HC1, which stay right where the variance is not the
    /// model's.</summary>
    public bool RobustErrors { get; init; }

    internal bool IsPenalized => L1 > 0 || L2 > 0;

    internal ParallelOptions Parallel(CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = MaxDegreeOfParallelism, CancellationToken = cancellation };

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal void Validate()
    {
        Check.Penalty(L2, nameof(L2));
        Check.Penalty(L1, nameof(L1));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxPasses);
        if (!(Tolerance > 0) || double.IsPositiveInfinity(Tolerance))
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance,
                $"The tolerance is {Tolerance}; it must be positive and finite.");
        Check.Threads(MaxDegreeOfParallelism, nameof(MaxDegreeOfParallelism));
    }
}
