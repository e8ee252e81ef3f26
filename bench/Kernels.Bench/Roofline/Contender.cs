namespace Kernels.Bench.Roofline;

/// <summary>Operations that are timed.</summary>
internal enum Operation
{
    Read,
    Gradient,
    LossAndGradient,
    Step,
    Predict,
}

/// <summary>One that does the work, or a yardstick.</summary>
internal abstract class Contender
{
    internal abstract string Name { get; }

    internal abstract IReadOnlyList<Operation> Operations { get; }

    internal abstract void Run(Operation operation, Problem problem);

    /// <summary>Whether this contender is worth its time on this shape.</summary>
    internal virtual bool Takes(Shape shape) => true;

    internal static string Label(Operation operation) => operation switch
    {
        Operation.LossAndGradient => "loss+gradient",
        _ => operation.ToString().ToLowerInvariant(),
    };
}
