namespace Kernels.Cli;

/// <summary>How <c>train</c> looks for the optimum.</summary>
internal enum Optimizer
{
    /// <summary>Gradient descent, accelerated unless told otherwise; the one that takes an L1 penalty.</summary>
    GradientDescent,

    /// <summary>L-BFGS.</summary>
    Lbfgs,

    /// <summary>Newton's method with conjugate gradients in a trust region.</summary>
    Newton,

    /// <summary>Stochastic gradient descent.</summary>
    Sgd,
}
