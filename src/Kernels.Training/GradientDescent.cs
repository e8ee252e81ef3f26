using Kernels.Links;

namespace Kernels.Training;

/// <summary>Gradient descent on the whole data, plain or accelerated; proximal with an L1 penalty.</summary>
public static class GradientDescent
{
    // Power iteration comes from below.
    private const double EigenvalueMargin = 1.05;

    /// <summary>
    /// Minimises J(w) + ½·λ·Σwⱼ² + λ₁·Σ|wⱼ|. One pass over X an iteration, and before the first up to 30 for the learning
    /// rate, unless it is given; weights and momentum are kept in float64 and rounded for the pass.
    /// </summary>
    /// <remarks>
    /// <para>Accelerated: Nesterov's method with the gradient scheme of adaptive restart (O'Donoghue and Candès,
    /// Foundations of Computational Mathematics 15, 2015, §3.2). With L1 each step ends in the proximal map sign(w)·max(|w| − αλ₁,
    /// 0) (Beck and Teboulle, SIAM Journal on Imaging Sciences 2, 2009): weights that are 0 at the optimum become exactly 0.</para>
    /// <para>Everything but the passes is float64 in a fixed order, from additions, multiplications, divisions and square roots: the
    /// weights have the same bits on every machine and any number of threads.</para>
    /// </remarks>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">The starting point, and the result: data.X.Parameters floats that share no memory with the data.</param>
    /// <param name="options">Step length, penalties and stopping rules; null for the defaults.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where.</returns>
    /// <exception cref="ArgumentException">The weights have another length or overlap the data.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult Minimize<TLink>(
        in Observations data,
        Span<float> weights,
        GradientDescentOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, GradientDescentOptions>(
            new Objective<TLink>(data, options, cancellationToken, options.L1), weights, options, Descend, progress, cancellationToken);
    }

    /// <summary>What <c>Minimize</c> does, over blocks: for data that are not one span. The weights have the same bits.</summary>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets, read piece by piece in every pass.</param>
    /// <param name="weights">The starting point, and the result: data.Parameters floats that share no memory with the data.</param>
    /// <param name="options">As for one span; null for the defaults.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where.</returns>
    /// <exception cref="ArgumentException">The weights have another length or overlap the data, the data's shape makes no sense, or an
    /// option does not fit.</exception>
    /// <exception cref="InvalidOperationException"><see cref="ObservationBlocks.Read"/> returned no rows, or more than asked
    /// for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult MinimizeBlocks<TLink>(
        ObservationBlocks data,
        Span<float> weights,
        GradientDescentOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, GradientDescentOptions>(
            new Objective<TLink>(data, weights, options, cancellationToken, options.L1),
            weights,
            options,
            Descend,
            progress,
            cancellationToken);
    }

    /// <summary>What <c>Minimize</c> does, over shards elsewhere. The weights have the same bits.</summary>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">What is asked for sums of the rows, several times in every pass of a fit.</param>
    /// <param name="weights">The starting point, and the result: data.Parameters floats.</param>
    /// <param name="options">As for one span, but for the threads: those are whoever answers. Null for the defaults.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Handed to every question; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where.</returns>
    /// <exception cref="ArgumentException">The weights have another length, the data's shape makes no sense, or an option does not
    /// fit.</exception>
    /// <exception cref="InvalidDataException">An answer is none to the question, or not of all rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult MinimizeShards<TLink>(
        ObservationShards data,
        Span<float> weights,
        GradientDescentOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, GradientDescentOptions>(
            new Objective<TLink>(data, options, cancellationToken, options.L1), weights, options, Descend, progress, cancellationToken);
    }

    private static StopReason Descend<TLink>(
        ref Objective<TLink> objective, Span<float> weights, GradientDescentOptions options, Recorder recorder)
        where TLink : struct, ILink
    {
        // A learning rate that the caller gives is of the columns as they are: the update is then the formula's.
        var coordinates = options.LearningRate is null ? objective.UnitFree() : SearchCoordinates.Plain;
        var state = new ProximalSteps(weights, objective.Columns, coordinates, options);
        var gradient = new double[weights.Length];
        var stop = recorder.BeforePass();
        if (stop is null)
            stop = state.SetRate(options.LearningRate ?? SafeRate(objective, coordinates, options));
        if (options.LearningRate is null && double.IsPositiveInfinity(TLink.CurvatureBound))
            state.MostRate = state.Rate;
        while (stop is null && (stop = recorder.BeforePass()) is null)
        {
            var loss = objective.Evaluate(state.Evaluated, gradient);
            coordinates.OfGradient(gradient);
            var isFinite = double.IsFinite(loss) && double.IsFinite(Vectors.LargestMagnitude(gradient));
            if (isFinite)
                state.LimitRate(gradient);
            var norm = state.Map(gradient) / (objective.TotalWeight * coordinates.ResidualScale);
            var isShort = options.LearningRate is not null || state.MapSquares
                <= options.DecrementTolerance * options.DecrementTolerance * coordinates.Curvature * objective.Dispersion(loss);
            recorder.GradientNorm = norm;
            recorder.Report(loss, norm, recorder.Passes == 0 ? 0 : state.Rate);
            if (!isFinite || !double.IsFinite(norm))
            {
                stop = state.BackOff(weights) ? null : StopReason.Diverged;
            }
            else if (norm <= options.GradientTolerance && isShort && state.CanFinish)
            {
                state.Finish(weights);
                stop = StopReason.Converged;
            }
            else if (!state.CanAdvance)
            {
                stop = StopReason.Diverged;
            }
            else
            {
                state.Advance(weights);
            }
        }

        return stop.Value;
    }

    private static double SafeRate<TLink>(in Objective<TLink> objective, SearchCoordinates coordinates, GradientDescentOptions options)
        where TLink : struct, ILink
    {
        // eᶻ has no bound of its curvature: that at the mean target is where to begin.
        var curvature = double.IsPositiveInfinity(TLink.CurvatureBound) ? coordinates.MeanSlope : TLink.CurvatureBound;
        var constant = (curvature * EigenvalueMargin * objective.Eigenvalue(coordinates))
            + (options.L2 > 0 && objective.Columns > 0 ? options.L2 * coordinates.SteepestPenalty() : 0);
        return constant > 0 ? 1 / constant : 1;
    }
}
