namespace Kernels.Bench.Roofline;

/// <summary>This library, on several threads with a team of its own.</summary>
internal sealed class KernelsContender(int threads) : Contender
{
    internal const string Id = "kernels";

    // So small that the weights, and with them the work, stay the same.
    private const float Rate = 1e-30f;

    internal override string Name => Id;

    private readonly ParallelOptions _parallel = threads == 1 ? new ParallelOptions() : new ThreadTeam(threads);

    internal override IReadOnlyList<Operation> Operations { get; } = threads == 1
        ? [Operation.Gradient, Operation.LossAndGradient, Operation.Step, Operation.Predict]
        : [Operation.LossAndGradient, Operation.Step, Operation.Predict];

    internal override void Run(Operation operation, Problem problem)
    {
        if (threads == 1)
            RunOnOneThread(operation, problem);
        else if (operation == Operation.LossAndGradient)
            LogisticRegression.Gradient(problem.Matrix, problem.Y, problem.Weights, problem.Gradient, _parallel);
        else if (operation == Operation.Step)
            LogisticRegression.Step(problem.Matrix, problem.Y, problem.Weights, Rate, _parallel);
        else
            LogisticRegression.Predict(problem.Matrix, problem.Weights, problem.Margins, _parallel);
    }

    private static void RunOnOneThread(Operation operation, Problem problem)
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
