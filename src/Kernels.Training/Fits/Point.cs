namespace Kernels.Training.Fits;

/// <summary>A point of a fit, and the objective's gradient and Hessian there, in its own coordinates.</summary>
internal sealed class Point(int parameters)
{
    internal double[] At { get; } = new double[parameters];

    internal double[] Gradient { get; } = new double[parameters];

    internal double[] Hessian { get; } = new double[Packed.Length(parameters)];

    internal double Deviance { get; set; } = double.NaN;

    /// <summary>½ of the deviance and the penalties: the loss but for a constant, without its cancellation.</summary>
    internal double Objective { get; set; } = double.NaN;
}
