using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli;

/// <summary>What the options of <c>train</c> ask for, checked.</summary>
internal sealed record TrainSettings
{
    private const int DefaultIterations = 100_000;

    internal required ModelLink Link { get; init; }

    /// <summary>The label that counts as 1, as the file writes it; null for the larger.</summary>
    internal string? Positive { get; init; }

    internal required Optimizer Optimizer { get; init; }

    internal required bool Intercept { get; init; }

    internal required bool Plain { get; init; }

    internal required double? LearningRate { get; init; }

    internal required double L2 { get; init; }

    internal required double L1 { get; init; }

    internal required bool Standardize { get; init; }

    internal required bool RobustErrors { get; init; }

    internal required double? Tolerance { get; init; }

    internal required int? MaxIterations { get; init; }

    internal required int Threads { get; init; }

    internal required int BlockRows { get; init; }

    internal required ulong Seed { get; init; }

    /// <summary>The limit that a named optimiser has.</summary>
    internal int Iterations => MaxIterations
        ?? (Optimizer == Optimizer.Sgd ? new StochasticGradientDescentOptions().MaxIterations : DefaultIterations);

    internal double GradientTolerance => Tolerance ?? 1e-6;

    private int MaxDegreeOfParallelism => Threads == 0 ? -1 : Threads;

    /// <exception cref="DataException">An option is out of range, or does not go with another.</exception>
    internal TrainSettings Checked()
    {
        if (LearningRate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new DataException("--learning-rate", "must be finite and positive");
        if (!(L2 >= 0 && double.IsFinite(L2)))
            throw new DataException("--l2", "must be finite and not negative");
        if (!(L1 >= 0 && double.IsFinite(L1)))
            throw new DataException("--l1", "must be finite and not negative");
        if (Tolerance is { } tolerance && !(tolerance >= 0))
            throw new DataException("--tolerance", "must not be negative");
        if (Tolerance is 0 && Optimizer == Optimizer.Auto)
            throw new DataException("--tolerance 0", "goes with a named --optimizer; auto ends when a step is too small to count");
        if (Positive is not null && Link != ModelLink.Logit)
            throw new DataException("--positive", "goes with the logit link");
        if (MaxIterations < 0)
            throw new DataException("--max-iterations", "must not be negative");
        if (Threads < 0)
            throw new DataException("--threads", "must not be negative");
        if (BlockRows < 1)
            throw new DataException("--block-rows", "must be positive");
        if (Optimizer is not (Optimizer.GradientDescent or Optimizer.Sgd) && LearningRate is not null)
            throw new DataException("--learning-rate", "goes with --optimizer gd or sgd");
        if (Optimizer != Optimizer.GradientDescent && Plain)
            throw new DataException("--plain", "goes with --optimizer gd");
        if (Optimizer is not (Optimizer.GradientDescent or Optimizer.Auto) && L1 > 0)
            throw new DataException("--l1", "goes with --optimizer auto or gd");
        if (Optimizer != Optimizer.Auto && Standardize)
            throw new DataException("--standardize", "goes with --optimizer auto");
        if (Standardize && L1 == 0 && L2 == 0)
            throw new DataException("--standardize", "says of what the penalties --l1 and --l2 are");
        return this;
    }

    /// <summary>The optimum by Newton's method in float64, from where another optimiser has come.</summary>
    internal FitOptions ForFit(int? mostPasses) => new()
    {
        L1 = L1,
        L2 = L2,
        Standardize = Standardize,
        RobustErrors = RobustErrors,
        Tolerance = Optimizer == Optimizer.Auto ? Tolerance ?? new FitOptions().Tolerance : new FitOptions().Tolerance,
        MaxPasses = mostPasses ?? new FitOptions().MaxPasses,
        MaxDegreeOfParallelism = MaxDegreeOfParallelism,
    };

    internal TrainingResult Minimize<TLink>(in Observations data, float[] weights, Action<TrainingProgress> progress,
        CancellationToken cancellation)
        where TLink : struct, ILink => Optimizer switch
        {
            Optimizer.Newton => Newton.Minimize<TLink>(data, weights, ForNewton(), progress, cancellation),
            Optimizer.Sgd => StochasticGradientDescent.Minimize<TLink>(data, weights, ForSgd(), progress, cancellation),
            Optimizer.GradientDescent => GradientDescent.Minimize<TLink>(data, weights, ForGradientDescent(), progress, cancellation),
            _ => Lbfgs.Minimize<TLink>(data, weights, ForLbfgs(), progress, cancellation),
        };

    /// <exception cref="DataException">The optimiser takes one span only.</exception>
    internal TrainingResult MinimizeBlocks<TLink>(ObservationBlocks data, float[] weights, Action<TrainingProgress> progress,
        CancellationToken cancellation)
        where TLink : struct, ILink => Optimizer switch
        {
            Optimizer.Newton => throw new DataException(
                "--optimizer newton", "takes no data larger than --max-memory; auto, gd, lbfgs and sgd do"),
            Optimizer.Sgd => StochasticGradientDescent.MinimizeBlocks<TLink>(data, weights, ForSgd(), progress, cancellation),
            Optimizer.GradientDescent => GradientDescent.MinimizeBlocks<TLink>(data, weights, ForGradientDescent(), progress, cancellation),
            _ => Lbfgs.MinimizeBlocks<TLink>(data, weights, ForLbfgs(), progress, cancellation),
        };

    /// <exception cref="DataException">The optimiser takes rows of this process only.</exception>
    internal TrainingResult MinimizeShards<TLink>(ObservationShards data, float[] weights, Action<TrainingProgress> progress,
        CancellationToken cancellation)
        where TLink : struct, ILink => Optimizer switch
        {
            Optimizer.Newton or Optimizer.Sgd => throw new DataException(
                $"--optimizer {(Optimizer == Optimizer.Newton ? "newton" : "sgd")}", "does not go with --cluster; auto, gd and lbfgs do"),
            Optimizer.GradientDescent => GradientDescent.MinimizeShards<TLink>(data, weights, ForGradientDescent(), progress, cancellation),
            _ => Lbfgs.MinimizeShards<TLink>(data, weights, ForLbfgs(), progress, cancellation),
        };

    private LbfgsOptions ForLbfgs() => new()
    {
        L2 = L2,
        GradientTolerance = GradientTolerance,
        MaxIterations = Iterations,
        MaxDegreeOfParallelism = MaxDegreeOfParallelism,
    };

    private NewtonOptions ForNewton() => new()
    {
        L2 = L2,
        GradientTolerance = GradientTolerance,
        MaxIterations = Iterations,
        MaxDegreeOfParallelism = MaxDegreeOfParallelism,
    };

    private StochasticGradientDescentOptions ForSgd() => new()
    {
        L2 = L2,
        LearningRate = LearningRate ?? new StochasticGradientDescentOptions().LearningRate,
        BlockRows = BlockRows,
        Seed = Seed,
        GradientTolerance = GradientTolerance,
        MaxIterations = Iterations,
        MaxDegreeOfParallelism = MaxDegreeOfParallelism,
    };

    private GradientDescentOptions ForGradientDescent() => new()
    {
        Accelerate = !Plain,
        LearningRate = LearningRate,
        L1 = L1,
        L2 = L2,
        GradientTolerance = GradientTolerance,
        MaxIterations = Iterations,
        MaxDegreeOfParallelism = MaxDegreeOfParallelism,
    };
}
