using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli.Training;

/// <summary>
/// Chooses how a model is fitted, and fits it. Whoever searches, up to <see cref="MostParameters"/> a float64 fit has the last word: it
/// finishes what a float32 optimiser began, or says how far that is from the optimum.
/// </summary>
internal static class Trainer
{
    /// <summary>XᵀDX of more takes longer than it is worth.</summary>
    internal const int MostParameters = 1000;

    // N·p² from which L-BFGS comes first: some seconds a pass of float64.
    private const double Large = 5e10;
    private const int MostFirstIterations = 300;

    internal static TrainOutcome Run<TLink>(
        TrainSettings settings,
        Datasets data,
        float[][] targets,
        ObservationShards? shards,
        double meanElsewhere,
        double[]? start,
        Action<object> progress,
        CancellationToken cancellation)
        where TLink : struct, ILink
    {
        var p = data.Columns + (settings.Intercept ? 1 : 0);
        var size = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{data.Rows} rows, {p} coefficients");
        var work = new Work<TLink>(settings, data, targets, shards, meanElsewhere, progress, cancellation);
        if (settings.Optimizer != Optimizer.Auto)
            return work.Named(settings, start, p, isLimited: settings.MaxIterations is not null);
        if (p > MostParameters)
        {
            var first = settings with { Optimizer = settings.L1 > 0 ? Optimizer.GradientDescent : Optimizer.Lbfgs };
            return work.Named(first.Checked(), start, p, isLimited: false) with
            {
                Chosen = $"{NameOf(first.Optimizer)}: {size}, too many for a matrix of them",
            };
        }

        if (settings.L1 > 0 || (double)data.Rows * p * p <= Large || start is not null)
        {
            var method = settings.L1 > 0 ? "proximal Newton" : "Newton's method";
            return work.Fit(start, settings.MaxIterations, $"{method} in float64: {size}", search: null);
        }

        var quick = settings with
        {
            Optimizer = Optimizer.Lbfgs,
            MaxIterations = settings.MaxIterations ?? MostFirstIterations,
            Tolerance = null,
        };
        return work.Named(quick, start, p, isLimited: settings.MaxIterations is not null) with
        {
            Chosen = $"L-BFGS in float32, then Newton's method in float64: {size}",
        };
    }

    private static string NameOf(Optimizer optimizer) => optimizer switch
    {
        Optimizer.GradientDescent => "gradient descent",
        Optimizer.Newton => "Newton's method by conjugate gradients",
        Optimizer.Sgd => "stochastic gradient descent",
        _ => "L-BFGS",
    };

    private sealed class Work<TLink>(
        TrainSettings settings, Datasets data, float[][] targets, ObservationShards? shards, double meanElsewhere, Action<object> progress,
        CancellationToken cancellation)
        where TLink : struct, ILink
    {
        private readonly DatasetBlocks? _blocks = shards is not null || data.Blocks.Count == 1
            ? null
            : new(data, targets, settings.Intercept);

        /// <summary>A float32 optimiser, and then the last word.</summary>
        internal TrainOutcome Named(TrainSettings named, double[]? start, int p, bool isLimited)
        {
            var weights = start is null ? Begin(p) : Array.ConvertAll(Moved(start, 1), w => (float)w);
            var search = shards is not null
                ? named.MinimizeShards<TLink>(shards, weights, p => progress(p), cancellation)
                : _blocks is null
                ? named.Minimize<TLink>(Rows(), weights, p => progress(p), cancellation)
                : named.MinimizeBlocks<TLink>(_blocks, weights, p => progress(p), cancellation);
            var found = Moved(Array.ConvertAll(weights, w => (double)w), -1);
            var chosen = $"{NameOf(named.Optimizer)}, as asked";
            if (p > MostParameters || search.Reason is StopReason.Cancelled or StopReason.NonFinite or StopReason.Diverged)
                return new(found, chosen, Fit: null, search);
            if (named.Optimizer == Optimizer.Sgd || (isLimited && search.Reason == StopReason.IterationLimit))
                return Fit(found, mostPasses: 2, $"{chosen}; checked in float64", search) with { Coefficients = found };
            return Fit(found, mostPasses: null, $"{chosen}; finished by Newton's method in float64", search);
        }

        // The intercept of the rows less their shift from that of the rows as they were, and back.
        private double[] Moved(double[] coefficients, int sign)
        {
            var moved = (double[])coefficients.Clone();
            for (var j = 0; j < data.Columns && data.Shift is { } shift; j++)
                moved[^1] += sign * shift[j] * moved[j];
            return moved;
        }

        // The model of the intercept alone, but for what has no finite one.
        private float[] Begin(int p)
        {
            var (targetSum, targetWeight) = data.SumTargets(targets);
            var mean = shards is null ? targetSum / targetWeight : meanElsewhere;
            var intercept = typeof(TLink) == typeof(Logit)
                ? Math.Log(mean / (1 - mean))
                : typeof(TLink) == typeof(Log) ? Math.Log(mean) : mean;
            var weights = new float[p];
            if (settings.Intercept && double.IsFinite(intercept))
                weights[^1] = (float)intercept;
            return weights;
        }

        internal TrainOutcome Fit(double[]? start, int? mostPasses, string chosen, TrainingResult? search)
        {
            var options = settings.ForFit(mostPasses);
            var from = start is null ? null : Moved(start, 1);
            var fit = Once(from);
            if (fit.Status == FitStatus.Diverged && start is not null)
                fit = Once(null); // where it began there was no finite deviance
            fit = fit.Shifted(data.Shift);
            return new(fit.Coefficients, chosen, fit, search);

            FitResult Once(double[]? from)
            {
                try
                {
                    return shards is not null
                        ? Fitter.FitShards<TLink>(shards, options, from, p => progress(p), cancellation)
                        : _blocks is null
                        ? Fitter.Fit<TLink>(Rows(), options, from, p => progress(p), cancellation)
                        : Fitter.FitBlocks<TLink>(_blocks, options, from, p => progress(p), cancellation);
                }
                catch (ArgumentException e) when (e.ParamName == "data")
                {
                    throw new DataException(data.Source, e.Message.Split(" (Parameter")[0]);
                }
            }
        }

        private Observations Rows() => data.Blocks[0].Observations(settings.Intercept, targets[0]);
    }
}
