using System.Diagnostics;
using Kernels.Links;

namespace Kernels.Training;

/// <summary>The limited-memory BFGS method: Newton's method with a curvature learnt from the last few gradients.</summary>
public static class Lbfgs
{
    // Sufficient decrease, and how much of the slope must be gone (Nocedal and Wright, 2nd ed., §3.1).
    private const double Decrease = 1e-4;
    private const double Slope = 0.9;

    // The loss is a float64 sum of float32 terms: smaller changes are rounding.
    private const double LossNoise = 2e-7;

    private const int MostTrials = 30;

    /// <summary>Minimises J(w) + ½·λ·Σwⱼ². Each trial of a step is one pass over X.</summary>
    /// <remarks>
    /// Points are float32, where the pass can evaluate them; directions and steps are float64. A step is taken at a point
    /// of sufficient decrease and smaller slope (the weak Wolfe conditions, by bisection); where the change of the loss drowns in its rounding, the slopes
    /// alone decide (Hager and Zhang, SIAM Journal on Optimization 16, 2005, §4). Curvature pairs are those of
    /// Nocedal and Wright, 2nd ed., §7.2.
    /// </remarks>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">The starting point, and the result: x.Parameters floats.</param>
    /// <param name="options">Memory, penalty and stopping rules; null for the defaults.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops between two passes; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where; its loss includes the penalty.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult Minimize<TLink>(
        in DesignMatrix x,
        ReadOnlySpan<float> y,
        Span<float> weights,
        LbfgsOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        if (weights.Length != x.Parameters)
            throw new ArgumentException($"The length of weights is {weights.Length}; x takes {x.Parameters}.", nameof(weights));
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Memory, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(options.GradientTolerance);

        var objective = new Objective<TLink>(x, y, options.L2, options.MaxDegreeOfParallelism);
        var rows = Math.Max(1, x.Rows);
        var clock = Stopwatch.StartNew();
        var pairs = new CurvaturePairs(options.Memory);
        var (gradient, direction) = (new double[weights.Length], new double[weights.Length]);
        var (trial, trialGradient) = (new float[weights.Length], new double[weights.Length]);
        var (passes, loss, norm) = (0, double.NaN, double.NaN);
        var stop = Evaluate(objective, weights, gradient, ref loss);

        while (stop is null)
        {
            gradient.CopyTo(direction, 0);
            pairs.ToDescent(direction);
            var slope = Vectors.Dot(gradient, direction);
            if (!(slope < 0))
            {
                pairs.Clear();
                for (var j = 0; j < direction.Length; j++)
                    direction[j] = -gradient[j];
                slope = -Vectors.Dot(gradient, gradient);
            }

            stop = Search(objective, weights, slope, ref loss);
        }

        return new(stop.Value, passes, objective.Loss(weights), norm, clock.Elapsed);

        // One pass; null to go on.
        StopReason? Evaluate(in Objective<TLink> objective, ReadOnlySpan<float> point, double[] destination, ref double value)
        {
            if (cancellationToken.IsCancellationRequested)
                return StopReason.Cancelled;
            if (passes == options.MaxIterations)
                return StopReason.IterationLimit;
            value = objective.Evaluate(point, destination);
            passes++;
            var size = Vectors.LargestMagnitude(destination) / rows;
            progress?.Invoke(new(passes, value, size, clock.Elapsed));
            if (!ReferenceEquals(destination, gradient))
                return null;
            norm = size;
            if (!double.IsFinite(value) || !double.IsFinite(size))
                return StopReason.NonFinite;
            return size <= options.GradientTolerance ? StopReason.Converged : null;
        }

        // Moves the weights along the direction.
        StopReason? Search(in Objective<TLink> objective, Span<float> weights, double slope, ref double loss)
        {
            // Without a model the gradient has no scale: start with a step of length 1.
            var step = pairs.IsEmpty ? 1 / Math.Max(1, Math.Sqrt(Vectors.Dot(direction, direction))) : 1.0;
            var (below, above) = (0.0, double.PositiveInfinity);
            for (var i = 0; i < MostTrials; i++)
            {
                var moved = false;
                for (var j = 0; j < weights.Length; j++)
                {
                    trial[j] = (float)(weights[j] + (step * direction[j]));
                    moved |= trial[j] != weights[j];
                }

                if (!moved)
                    return StopReason.Stalled;

                var trialLoss = double.NaN;
                if (Evaluate(objective, trial, trialGradient, ref trialLoss) is { } interrupted)
                    return interrupted;
                var trialSlope = Vectors.Dot(trialGradient, direction);
                var lower = trialLoss <= loss + (Decrease * step * slope)
                    || (trialLoss <= loss + (LossNoise * Math.Abs(loss)) && trialSlope <= ((2 * Decrease) - 1) * slope);
                if (!lower || !double.IsFinite(trialSlope))
                {
                    above = step;
                }
                else if (trialSlope < Slope * slope)
                {
                    below = step;
                }
                else
                {
                    var (s, q) = (new double[weights.Length], new double[weights.Length]);
                    for (var j = 0; j < weights.Length; j++)
                    {
                        s[j] = (double)trial[j] - weights[j];
                        q[j] = trialGradient[j] - gradient[j];
                    }

                    pairs.Add(s, q);
                    trial.CopyTo(weights);
                    trialGradient.CopyTo(gradient, 0);
                    loss = trialLoss;
                    norm = Vectors.LargestMagnitude(gradient) / rows;
                    return norm <= options.GradientTolerance ? StopReason.Converged : null;
                }

                step = double.IsPositiveInfinity(above) ? 2 * step : 0.5 * (below + above);
            }

            return StopReason.Stalled;
        }
    }
}
