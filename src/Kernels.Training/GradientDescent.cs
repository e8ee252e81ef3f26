using System.Diagnostics;
using Kernels.Links;

namespace Kernels.Training;

/// <summary>Gradient descent on the whole data, plain or accelerated.</summary>
public static class GradientDescent
{
    /// <summary>
    /// Minimises J(w) + ½·λ·Σwⱼ². One pass over X an iteration; weights and momentum are kept in float64 and rounded for the pass.
    /// </summary>
    /// <remarks>
    /// Accelerated: Nesterov's method with the gradient scheme of adaptive restart (O'Donoghue and Candès,
    /// Foundations of Computational Mathematics 15, 2015, §3.2).
    /// </remarks>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">The starting point, and the result: x.Parameters floats.</param>
    /// <param name="options">Step length and stopping rules; null for the defaults.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops between two passes; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where.</returns>
    /// <exception cref="ArgumentException">A span has another length, or the link has no Lipschitz constant and there is no learning rate.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult Minimize<TLink>(
        in DesignMatrix x,
        ReadOnlySpan<float> y,
        Span<float> weights,
        GradientDescentOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        if (weights.Length != x.Parameters)
            throw new ArgumentException($"The length of weights is {weights.Length}; x takes {x.Parameters}.", nameof(weights));
        options ??= new();
        var rate = LearningRate<TLink>(x, options);
        var clock = Stopwatch.StartNew();
        var objective = new Objective<TLink>(x, y, options.L2, options.MaxDegreeOfParallelism);
        var gradient = new double[x.Parameters];
        var point = new double[x.Parameters];
        for (var j = 0; j < point.Length; j++)
            point[j] = weights[j];
        var (current, evaluated) = ((double[])point.Clone(), weights.ToArray());

        var (reason, iteration, norm, momentum) = (StopReason.IterationLimit, 0, double.NaN, 1.0);
        var rowsOrOne = Math.Max(1, x.Rows);
        while (iteration < options.MaxIterations)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                reason = StopReason.Cancelled;
                break;
            }

            var loss = objective.Evaluate(evaluated, gradient);
            iteration++;
            norm = Vectors.LargestMagnitude(gradient) / rowsOrOne;
            progress?.Invoke(new(iteration, loss, norm, clock.Elapsed));
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                reason = StopReason.NonFinite;
                break;
            }

            if (norm <= options.GradientTolerance)
            {
                evaluated.CopyTo(weights);
                reason = StopReason.Converged;
                break;
            }

            momentum = Advance(point, current, gradient, rate, momentum, options.Accelerate);
            Vectors.Round(current, weights);
            Vectors.Round(point, evaluated);
        }

        var elapsed = clock.Elapsed;
        return new(reason, iteration, objective.Loss(weights), norm, elapsed);
    }

    /// <summary>current ← point − α·g, point ← current + β·(current − previous); returns the next momentum parameter.</summary>
    private static double Advance(double[] point, double[] current, double[] gradient, double rate, double momentum, bool accelerate)
    {
        var uphill = 0.0;
        for (var j = 0; j < point.Length; j++)
            uphill += gradient[j] * (point[j] - (rate * gradient[j]) - current[j]);
        if (uphill > 0 || !accelerate)
            momentum = 1;

        var next = 0.5 * (1 + Math.Sqrt(1 + (4 * momentum * momentum)));
        var beta = accelerate ? (momentum - 1) / next : 0;
        for (var j = 0; j < point.Length; j++)
        {
            var stepped = point[j] - (rate * gradient[j]);
            point[j] = stepped + (beta * (stepped - current[j]));
            current[j] = stepped;
        }

        return next;
    }

    private static double LearningRate<TLink>(in DesignMatrix x, GradientDescentOptions options)
        where TLink : struct, ILink
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(options.GradientTolerance);
        if (options.LearningRate is { } given)
        {
            if (!(given > 0) || double.IsPositiveInfinity(given))
                throw new ArgumentOutOfRangeException(nameof(options), given, $"The learning rate is {given}; it must be finite and positive.");
            return given;
        }

        if (double.IsPositiveInfinity(TLink.CurvatureBound))
            throw new ArgumentException($"The gradient of the {typeof(TLink).Name} link has no Lipschitz constant; options.LearningRate must be given.", nameof(options));
        var bound = (TLink.CurvatureBound * Lipschitz.OfGramMatrix(x)) + options.L2;
        return bound > 0 ? 1 / bound : 1;
    }
}
