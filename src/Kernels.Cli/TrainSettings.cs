using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli;

/// <summary>What the options of <c>train</c> ask for, checked.</summary>
internal sealed record TrainSettings(Optimizer Optimizer, bool Plain, double? LearningRate, double L2, double Tolerance, int MaxIterations, int Threads)
{
    /// <exception cref="DataException">An option is out of range, or does not go with another.</exception>
    internal TrainSettings Checked()
    {
        if (LearningRate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new DataException("--learning-rate", "must be finite and positive");
        if (!(L2 >= 0 && double.IsFinite(L2)))
            throw new DataException("--l2", "must be finite and not negative");
        if (!(Tolerance >= 0))
            throw new DataException("--tolerance", "must not be negative");
        if (MaxIterations < 0)
            throw new DataException("--max-iterations", "must not be negative");
        if (Threads < 0)
            throw new DataException("--threads", "must not be negative");
        if (Optimizer == Optimizer.Lbfgs && (Plain || LearningRate is not null))
            throw new DataException("--optimizer lbfgs", "takes no --plain and no --learning-rate");
        return this;
    }

    internal TrainingResult Minimize(in DesignMatrix x, float[] targets, float[] weights, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        var threads = Threads == 0 ? -1 : Threads;
        return Optimizer == Optimizer.Lbfgs
            ? Lbfgs.Minimize<Logit>(
                new(x, targets),
                weights,
                new() { L2 = L2, GradientTolerance = Tolerance, MaxIterations = MaxIterations, MaxDegreeOfParallelism = threads },
                progress,
                cancellation)
            : GradientDescent.Minimize<Logit>(
                new(x, targets),
                weights,
                new() { Accelerate = !Plain, LearningRate = LearningRate, L2 = L2, GradientTolerance = Tolerance, MaxIterations = MaxIterations, MaxDegreeOfParallelism = threads },
                progress,
                cancellation);
    }
}
