using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Training;

/// <summary>Mini-batch gradient descent: a step for every block of rows, the blocks in another order each time round.</summary>
public static class StochasticGradientDescent
{
    /// <summary>
    /// Minimises J(w) + ½·λ·Σwⱼ² roughly, in few passes. For a block B of rows w ← w − αₑ·(∇J_B(w)/Σ_B sᵢ +
    /// λ/Σsᵢ·w), by default in coordinates without units (<see cref="StochasticGradientDescentOptions.ScaleColumns"/>).
    /// </summary>
    /// <remarks>
    /// Blocks are consecutive rows, read where they lie. Their order follows from the seed (Fisher and Yates, with SplitMix64), the
    /// weights are float64 and rounded for each block: the same seed gives the same bits on every machine. An iteration is an epoch; its
    /// loss is that of the blocks, each before its step.
    /// </remarks>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">The starting point, and the result: data.X.Parameters floats that share no memory with the data.</param>
    /// <param name="options">Blocks, learning rate, penalty and stopping rules; null for the defaults.</param>
    /// <param name="progress">Called after every epoch.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where.</returns>
    /// <exception cref="ArgumentException">The weights have another length, or overlap the data.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult Minimize<TLink>(
        in Observations data,
        Span<float> weights,
        StochasticGradientDescentOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        CheckBlocks(data.X.Rows, options);
        return Fit.Run<TLink, StochasticGradientDescentOptions>(
            new Objective<TLink>(data, options, cancellationToken), weights, options, Descend, progress, cancellationToken);
    }

    /// <summary>What <c>Minimize</c> does, over blocks: for data that are not one span. The weights have the same bits.</summary>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets, read piece by piece in every pass.</param>
    /// <param name="weights">The starting point, and the result: data.Parameters floats that share no memory with the data.</param>
    /// <param name="options">As for one span; null for the defaults.</param>
    /// <param name="progress">Called after every epoch.</param>
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
        StochasticGradientDescentOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        CheckBlocks(data.Rows, options);
        return Fit.Run<TLink, StochasticGradientDescentOptions>(
            new Objective<TLink>(data, weights, options, cancellationToken), weights, options, Descend, progress, cancellationToken);
    }

    private static StopReason Descend<TLink>(
        ref Objective<TLink> objective, Span<float> weights, StochasticGradientDescentOptions options, Recorder recorder)
        where TLink : struct, ILink
    {
        var blocks = new ShuffledBlocks(objective.Rows, options.BlockRows, options.Seed);
        var coordinates = options.ScaleColumns ? objective.UnitFree() : SearchCoordinates.Plain;
        var steps = new StochasticSteps(weights, objective.Columns, coordinates);
        var (gradient, full) = (new float[weights.Length], new double[weights.Length]);

        // The penalty's share of a block is that of its weight; the total is that of the last epoch, at first the number of rows.
        var (totalWeight, epoch) = ((double)Math.Max(1, objective.Rows), 0);
        var stop = recorder.BeforePass();
        while (stop is null)
        {
            var rate = RateOf(options, epoch++) / Math.Max(1, coordinates.MeanSlope);
            var (loss, weight) = (0.0, 0.0);
            foreach (var (start, rows) in blocks.Shuffle())
            {
                if (recorder.IsCancelled)
                    return StopReason.Cancelled;
                var block = objective.Some(start, rows, weights, gradient);
                (loss, weight) = (loss + block.Loss, weight + block.TotalWeight);
                if (!steps.Take(gradient, rate / (block.TotalWeight == 0 ? 1 : block.TotalWeight), rate * options.L2 / totalWeight,
                    weights))
                {
                    stop = StopReason.Diverged;
                    break;
                }
            }

            if (stop is not null)
                break;
            totalWeight = weight == 0 ? 1 : weight;
            if (options.GradientTolerance > 0)
            {
                objective.Evaluate(weights, full);
                coordinates.OfGradient(full);
                recorder.Count(1);
                recorder.GradientNorm = Vectors.LargestMagnitude(full) / (objective.TotalWeight * coordinates.ResidualScale);
            }

            recorder.Report(loss, recorder.GradientNorm, rate);
            stop = recorder.GradientNorm <= options.GradientTolerance ? StopReason.Converged : recorder.BeforePass();
        }

        return stop.Value;
    }

    private static void CheckBlocks(long rows, StochasticGradientDescentOptions options)
    {
        var blocks = ShuffledBlocks.CountOf(rows, options.BlockRows);
        if (blocks <= ShuffledBlocks.MostBlocks)
            return;
        throw new ArgumentException(
            $"{rows} rows in blocks of {options.BlockRows} are {blocks} blocks, more than {ShuffledBlocks.MostBlocks}; "
            + "options.BlockRows must be larger.",
            nameof(options));
    }

    private static double RateOf(StochasticGradientDescentOptions options, int epoch) => options.Schedule switch
    {
        LearningRateSchedule.InverseSquareRoot => options.LearningRate / Math.Sqrt(1.0 + epoch),
        LearningRateSchedule.Inverse => options.LearningRate / (1.0 + epoch),
        _ => options.LearningRate,
    };
}
