namespace Kernels.Training.Fits;

/// <summary>A point of a fit, and the objective's gradient and Hessian there, in its own coordinates.</summary>
internal sealed class Point(int parameters)
{
    internal double[] At { get; } = new double[parameters];

    internal double[] Gradient { get; } = new double[parameters];

    internal double[] Hessian { get; } = new double[Packed.Length(parameters)];

    /// <summary>Whether products were float32: far from the optimum that is enough.</summary>
    internal bool IsQuick { get; set; }

    internal double Deviance { get; set; } = double.NaN;

    /// <summary>½ of the deviance and the penalties: the loss but for a constant, without its cancellation.</summary>
    internal double Objective { get; set; } = double.NaN;
}
