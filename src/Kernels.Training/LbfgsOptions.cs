namespace Kernels.Training;

/// <summary>How <see cref="Lbfgs"/> models the curvature and when it stops.</summary>
public sealed record LbfgsOptions
{
    /// <summary>Steps whose curvature is remembered, 1 or more; each takes two float64 a weight.</summary>
    public int Memory { get; init; } = 10;

    /// <summary>λ in the penalty ½·λ·Σwⱼ², for J the sum over the rows; the intercept is not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>Stop when no component of the gradient, divided by the number of rows, is larger.</summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>Stop after so many passes over X, those of the line search included.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>Threads at most; 1, the default, stays on the calling thread, −1 takes as many as there are processors. The result has the same bits.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;
}
