namespace Kernels.Cli;

/// <summary>How <c>train</c> looks for the optimum.</summary>
internal enum Optimizer
{
    /// <summary>Gradient descent, accelerated unless told otherwise.</summary>
    GradientDescent,

    /// <summary>L-BFGS.</summary>
    Lbfgs,
}
