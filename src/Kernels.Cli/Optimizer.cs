namespace Kernels.Cli;

/// <summary>How <c>train</c> looks for the optimum.</summary>
internal enum Optimizer
{
    /// <summary>Newton's method in float64 up to some thousand parameters, L-BFGS first where that saves time, L-BFGS alone
    /// beyond.</summary>
    Auto,

    /// <summary>Gradient descent, accelerated unless told otherwise.</summary>
    GradientDescent,

    /// <summary>L-BFGS.</summary>
    Lbfgs,

    /// <summary>Newton's method with conjugate gradients in a trust region.</summary>
    Newton,

    /// <summary>Stochastic gradient descent.</summary>
    Sgd,
}
