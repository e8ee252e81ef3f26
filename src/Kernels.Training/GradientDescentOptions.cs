namespace Kernels.Training;

/// <summary>How <see cref="GradientDescent"/> steps and when it stops.</summary>
public sealed record GradientDescentOptions
{
    /// <summary>
    /// α in w ← w − α·∇J, for J the sum over the rows. Null, the default, takes 1/L with L a bound on the gradient's
    /// Lipschitz constant; the log link has none, so Poisson regression needs a learning rate.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>Whether to add Nesterov's momentum, restarted whenever it points uphill; the plain update otherwise.</summary>
    public bool Accelerate { get; init; } = true;

    /// <summary>λ in the penalty ½·λ·Σwⱼ², for J the sum over the rows; the intercept is not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>Threads at most; 1, the default, stays on the calling thread, −1 takes as many as there are processors. The result has the same bits.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Stop when no component of the mean gradient ∇J/N is larger.</summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>Stop after so many passes over X.</summary>
    public int MaxIterations { get; init; } = 10_000;
}
