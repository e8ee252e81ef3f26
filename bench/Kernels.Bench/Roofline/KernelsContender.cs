namespace Kernels.Bench.Roofline;

/// <summary>This library.</summary>
internal sealed class KernelsContender : Contender
{
    internal const string Id = "kernels";

    // So small that the weights, and with them the work, stay the same.
    private const float Rate = 1e-30f;

    internal override string Name => Id;

    internal override IReadOnlyList<Operation> Operations { get; } =
        [Operation.Gradient, Operation.LossAndGradient, Operation.Step, Operation.Predict];

    internal override void Run(Operation operation, Problem problem)
    {
        switch (operation)
        {
            case Operation.Gradient:
                LogisticRegression.GradientOnly(problem.Matrix, problem.Y, problem.Weights, problem.Gradient);
                break;
            case Operation.LossAndGradient:
                LogisticRegression.Gradient(problem.Matrix, problem.Y, problem.Weights, problem.Gradient);
                break;
            case Operation.Step:
                LogisticRegression.Step(problem.Matrix, problem.Y, problem.Weights, Rate);
                break;
            default:
                if (problem.Shape.Rows == 1)
                    problem.Margins[0] = LogisticRegression.Predict(problem.X, problem.Weights);
                else
                    LogisticRegression.Predict(problem.Matrix, problem.Weights, problem.Margins);
                break;
        }
    }
}
