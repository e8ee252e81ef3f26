using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Training;

/// <summary>Newton's method in a trust region, its steps by conjugate gradients: no matrix, one pass over X for each product with the
/// Hessian.</summary>
public static class Newton
{
    // The region grows after steps as good as this, and shrinks after worse ones (Nocedal and Wright, 2nd ed., algorithm 4.1).
    private const double Good = 0.75;
    private const double Poor = 0.25;
    private const double Acceptable = 1e-4;

    // The loss is a float64 sum of float32 terms: smaller changes are rounding.
    private const double LossNoise = 2e-7;

    private const int MostRefusals = 30;

    /// <summary>Minimises J(w) + ½·λ·Σwⱼ².</summary>
    /// <remarks>
    /// <para>Each iteration takes some passes for products (conjugate gradients until the residual is a small part of the gradient, the
    /// edge of the region or the limit: Steihaug, SIAM Journal on Numerical Analysis 20, 1983), and one for the new point. Lin, Weng and
    /// Keerthi (Journal of Machine Learning Research 9, 2008) describe the method for logistic regression. It works in coordinates without
    /// units: columns less their means, by their deviations, from one look at the rows before the first pass.</para>
    /// <para>Points are float32, where the pass can evaluate them; steps are float64. Where the change of the loss drowns in its rounding,
    /// a step counts as good when the gradient becomes smaller.</para>
    /// </remarks>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">The starting point, and the result: data.X.Parameters floats that share no memory with the data.</param>
    /// <param name="options">Penalty and stopping rules; null for the defaults.</param>
    /// <param name="progress">Called for every point.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where; its loss includes the penalty.</returns>
    /// <exception cref="ArgumentException">The weights have another length, or overlap the data.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult Minimize<TLink>(
        in Observations data,
        Span<float> weights,
        NewtonOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, NewtonOptions>(
            new Objective<TLink>(data, options, cancellationToken), weights, options, Descend, progress, cancellationToken);
    }

    private static StopReason Descend<TLink>(ref Objective<TLink> objective, Span<float> weights, NewtonOptions options, Recorder recorder)
        where TLink : struct, ILink
    {
        var coordinates = objective.UnitFree();
        var region = new TrustRegion(weights.Length, coordinates);
        var (trial, trialGradient, step) = (new float[weights.Length], new double[weights.Length], new double[weights.Length]);
        var unit = coordinates.ResidualScale;
        var (loss, refusals) = (double.NaN, 0);
        var stop = recorder.BeforePass();
        if (stop is null)
        {
            loss = objective.Evaluate(weights, region.Gradient);
            coordinates.OfGradient(region.Gradient);
            recorder.GradientNorm = Vectors.LargestMagnitude(region.Gradient) / (objective.TotalWeight * unit);
            recorder.Report(loss, recorder.GradientNorm, step: 0);
            stop = !double.IsFinite(loss) || !double.IsFinite(recorder.GradientNorm) ? StopReason.Diverged : null;
        }

        while (stop is null)
        {
            if ((stop = region.Solve(objective, weights, recorder, options.MaxConjugateGradients)) is not null)
                break;
            var small = options.DecrementTolerance * options.DecrementTolerance * objective.Dispersion(loss);
            if (recorder.GradientNorm <= options.GradientTolerance && !region.IsAtEdge && 2 * region.PredictedDecrease <= small)
                return StopReason.Converged;
            if ((stop = recorder.BeforePass()) is not null)
                break;
            region.Step.CopyTo(step, 0);
            coordinates.ToWeights(step);
            if (!Vectors.Add(weights, step, trial))
            {
                stop = StopReason.Stalled;
                break;
            }

            var trialLoss = objective.Evaluate(trial, trialGradient);
            coordinates.OfGradient(trialGradient);
            var norm = Vectors.LargestMagnitude(trialGradient) / (objective.TotalWeight * unit);
            recorder.Report(trialLoss, norm, step: 1);
            var (won, expected, noise) = (loss - trialLoss, region.PredictedDecrease, LossNoise * Math.Abs(loss));
            var ratio = won / expected;
            if (!(expected > noise) && double.IsFinite(norm))
                ratio = won >= -noise && norm < recorder.GradientNorm ? 1 : 0;
            if (!Vectors.AreFinite(trial) || !double.IsFinite(trialLoss))
                ratio = 0; // with weights of both signs J may be −∞; σ of an infinite weight may well be right
            region.Resize(ratio is > Acceptable ? ratio : 0, Poor, Good);
            if (!(ratio > Acceptable))
            {
                stop = ++refusals > MostRefusals || expected <= noise ? StopReason.Stalled : null;
                continue;
            }

            refusals = 0;
            trial.CopyTo(weights);
            trialGradient.CopyTo(region.Gradient, 0);
            (loss, recorder.GradientNorm) = (trialLoss, norm);
        }

        return stop.Value;
    }
}
