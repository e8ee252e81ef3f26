using System.Numerics.Tensors;

namespace Kernels.Bench.Roofline;

/// <summary>Two plain loops a row.</summary>
internal sealed class ScalarContender : Contender
{
    internal override string Name => "scalar";

    internal override IReadOnlyList<Operation> Operations { get; } = [Operation.Gradient, Operation.Predict];

    internal override void Run(Operation operation, Problem problem)
    {
        if (operation == Operation.Gradient)
            Peers.ScalarGradient(problem.X, problem.Shape.Columns, problem.Y, problem.Weights, problem.Gradient);
        else
            Peers.ScalarPredict(problem.X, problem.Shape.Columns, problem.Weights, problem.Margins);
    }
}

/// <summary>TensorPrimitives, as users write it today: Dot, Sigmoid and MultiplyAdd for each row.</summary>
internal sealed class TensorPrimitivesContender : Contender
{
    internal override string Name => "tensorprimitives";

    internal override IReadOnlyList<Operation> Operations { get; } = [Operation.Gradient, Operation.Predict];

    internal override void Run(Operation operation, Problem problem)
    {
        if (operation == Operation.Gradient)
        {
            Peers.TensorPrimitivesGradient(problem.X, problem.Shape.Columns, problem.Y, problem.Weights, problem.Gradient);
            return;
        }

        var columns = problem.Shape.Columns;
        ReadOnlySpan<float> x = problem.X;
        var means = problem.Margins;
        for (var i = 0; i < means.Length; i++)
            means[i] = TensorPrimitives.Dot(x.Slice(i * columns, columns), problem.Weights);
        TensorPrimitives.Sigmoid(means, means);
    }
}
