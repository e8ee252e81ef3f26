using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Training;

/// <summary>The limited-memory BFGS method: Newton's method with a curvature learnt from the last few gradients.</summary>
public static class Lbfgs
{
    // Sufficient decrease, and how much of the slope must be gone (Nocedal and Wright, 2nd ed., §3.1).
    private const double Decrease = 1e-4;
    private const double Slope = 0.9;

    // The loss is a float64 sum of float32 terms: smaller changes are rounding.
    private const double LossNoise = 2e-7;

    // A step of any size is found in far fewer: see Bracket.
    private const int MostTrials = 40;

    // In standard errors: where a search fails so near the optimum, it is rounding that fails it, and more trials would fail too.
    private const double Rounding = 1e-2;
    private const int NearTrials = 8;

    // A search along the margins (LossAlong) reads no X for a trial, but X once for the direction: two reads a step. Here it is 1.0 to 1.1
    // (the certified sets, away from rounding), for nearly every first trial is taken.

    /// <summary>Minimises J(w) + ½·λ·Σwⱼ². Each trial of a step is one pass over X.</summary>
    /// <remarks>
    /// Points are float32, where the pass can evaluate them; directions and steps are float64. A step is taken at a point
    /// of sufficient decrease and smaller slope (the weak Wolfe conditions, by bisection, whose ends are found in ever longer strides);
    /// where the change of the loss drowns in its rounding, the slopes
    /// alone decide (Hager and Zhang, SIAM Journal on Optimization 16, 2005, §4). Curvature pairs are those of
    /// Nocedal and Wright, 2nd ed., §7.2; before the first of them the curvature is that of columns without correlation, by a look at
    /// their means and deviations that is not counted as a pass, so that the units of columns do not matter.
    /// </remarks>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">The starting point, and the result: data.X.Parameters floats that share no memory with the data.</param>
    /// <param name="options">Memory, penalty and stopping rules; null for the defaults.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the weights are those of the last finished step.</param>
    /// <returns>Why it stopped, and where; its loss includes the penalty.</returns>
    /// <exception cref="ArgumentException">The weights have another length, or overlap the data.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TrainingResult Minimize<TLink>(
        in Observations data,
        Span<float> weights,
        LbfgsOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, LbfgsOptions>(
            new Objective<TLink>(data, options, cancellationToken), weights, options, Descend, progress, cancellationToken);
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
        LbfgsOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, LbfgsOptions>(
            new Objective<TLink>(data, weights, options, cancellationToken), weights, options, Descend, progress, cancellationToken);
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
        LbfgsOptions? options = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        Check.Arguments(data, weights, options);
        return Fit.Run<TLink, LbfgsOptions>(
            new Objective<TLink>(data, options, cancellationToken), weights, options, Descend, progress, cancellationToken);
    }

    private static StopReason Descend<TLink>(ref Objective<TLink> objective, Span<float> weights, LbfgsOptions options, Recorder recorder)
        where TLink : struct, ILink
    {
        var search = new LineSearch(weights.Length, options.Memory, objective.UnitFree());
        var stop = recorder.BeforePass();
        if (stop is null)
        {
            search.Loss = search.Evaluate(ref objective, weights, search.Gradient);
            recorder.GradientNorm = search.NormOf(search.Gradient, objective.TotalWeight);
            recorder.Report(search.Loss, recorder.GradientNorm, step: 0);
            stop = !double.IsFinite(search.Loss) || !double.IsFinite(recorder.GradientNorm) ? StopReason.Diverged : null;
        }

        var smallSteps = 0;
        while (stop is null)
        {
            // √(gᵀHg/φ) for the model H of the inverse Hessian: the step's length in standard errors, which has no unit. Once is not
            // enough: H is learnt from the steps.
            var slope = search.SetDirection();
            var dispersion = objective.Dispersion(search.Loss);
            smallSteps = -slope <= options.DecrementTolerance * options.DecrementTolerance * dispersion ? smallSteps + 1 : 0;
            var isSmall = recorder.GradientNorm <= options.GradientTolerance;
            if ((isSmall && smallSteps >= 2) || slope == 0)
                return StopReason.Converged;
            var isNear = -slope <= Rounding * Rounding * dispersion;
            stop = Move(ref objective, weights, search, recorder, slope, isNear ? NearTrials : MostTrials);
            if (stop == StopReason.SearchFailed && search.Restart())
                stop = null;
            else if (stop == StopReason.SearchFailed && isNear)
                stop = StopReason.Stalled;
        }

        return stop.Value;
    }

    /// <summary>Moves the weights to a better point along the descent direction; a reason to stop if there is none.</summary>
    private static StopReason? Move<TLink>(
        ref Objective<TLink> objective, Span<float> weights, LineSearch search, Recorder recorder, double slope, int mostTrials)
        where TLink : struct, ILink
    {
        var step = 1.0;
        var bracket = new Bracket();
        for (var i = 0; i < mostTrials; i++)
        {
            if (!search.SetTrial(weights, step))
            {
                // A stride may have gone too far: what lies between has not been looked at.
                if (!bracket.IsWideAbove(step))
                    return StopReason.Stalled;
                step = bracket.Lengthen(step);
                continue;
            }

            // Before an infinite weight, as before any point that is no better.
            if (!Vectors.AreFinite(search.Trial))
            {
                step = bracket.Shorten(step);
                continue;
            }

            if (recorder.BeforePass() is { } interrupted)
                return interrupted;
            var loss = search.Evaluate(ref objective, search.Trial, search.TrialGradient);
            var norm = search.NormOf(search.TrialGradient, objective.TotalWeight);
            recorder.Report(loss, norm, step);
            var trialSlope = Vectors.Dot(search.TrialGradient, search.Direction);
            var lower = loss <= search.Loss + (Decrease * step * slope)
                || (loss <= search.Loss + (LossNoise * Math.Abs(search.Loss)) && trialSlope <= ((2 * Decrease) - 1) * slope);
            if (!lower || !double.IsFinite(loss) || !double.IsFinite(trialSlope))
            {
                step = bracket.Shorten(step);
            }
            else if (trialSlope < Slope * slope)
            {
                step = bracket.Lengthen(step);
            }
            else
            {
                search.Accept(weights, loss);
                recorder.GradientNorm = norm;
                return null;
            }
        }

        return StopReason.SearchFailed;
    }

    /// <summary>
    /// Where the step is looked for. As long as one end is open the factor squares with every trial (2, 4, 16, …): the first step of a
    /// fit knows the gradient and no curvature, so it may be too long or too short by as many orders of magnitude as the columns' units
    /// make it. Between two ends that are far apart the geometric mean does the same; near each other they are halved.
    /// </summary>
    private struct Bracket()
    {
        private const double Far = 4;

        private double _below;
        private double _above = double.PositiveInfinity;
        private double _factor = 2;

        internal readonly bool IsWideAbove(double step) => !double.IsPositiveInfinity(_above) && _above > Far * step;

        internal double Shorten(double step)
        {
            _above = step;
            return Next();
        }

        internal double Lengthen(double step)
        {
            _below = step;
            return Next();
        }

        private double Next()
        {
            if (_below > 0 && !double.IsPositiveInfinity(_above))
                return _above > Far * _below ? Math.Sqrt(_below) * Math.Sqrt(_above) : 0.5 * (_below + _above);
            var next = _below > 0 ? _below * _factor : _above / _factor;
            _factor = Math.Min(_factor * _factor, 1e16);
            return next;
        }
    }

    /// <summary>The point, its gradient, a trial point beside it, and the curvature learnt so far; but for the trial's weights all is in
    /// coordinates without units.</summary>
    private sealed class LineSearch(int parameters, int memory, SearchCoordinates coordinates)
    {
        private readonly CurvaturePairs _pairs = new(memory, coordinates.Curvature);
        private readonly double[] _move = new double[parameters];
        private bool _hasRestarted;

        internal double Loss { get; set; }

        internal double[] Gradient { get; } = new double[parameters];

        internal double[] Direction { get; } = new double[parameters];

        internal float[] Trial { get; } = new float[parameters];

        internal double[] TrialGradient { get; } = new double[parameters];

        internal double Evaluate<TLink>(ref Objective<TLink> objective, ReadOnlySpan<float> weights, double[] gradient)
            where TLink : struct, ILink
        {
            var loss = objective.Evaluate(weights, gradient);
            coordinates.OfGradient(gradient);
            return loss;
        }

        /// <summary>The largest component of the mean gradient.</summary>
        internal double NormOf(double[] gradient, double totalWeight) =>
            Vectors.LargestMagnitude(gradient) / (totalWeight * coordinates.ResidualScale);

        /// <summary>Forgets what was learnt, once, for a search that failed: a second time it has not helped on any set tried.</summary>
        internal bool Restart()
        {
            var isFirst = !_hasRestarted && !_pairs.IsEmpty;
            _hasRestarted = true;
            _pairs.Clear();
            return isFirst;
        }

        /// <summary>A descent direction; returns the slope along it.</summary>
        internal double SetDirection()
        {
            Gradient.CopyTo(Direction, 0);
            _pairs.ToDescent(Direction);
            var slope = Vectors.Dot(Gradient, Direction);
            if (!(slope < 0))
            {
                _pairs.Clear();
                Gradient.CopyTo(Direction, 0);
                _pairs.ToDescent(Direction);
                slope = Vectors.Dot(Gradient, Direction);
            }

            Direction.CopyTo(_move, 0);
            coordinates.ToWeights(_move);
            return slope;
        }

        /// <summary>False when the step is too short to change a float32 weight.</summary>
        internal bool SetTrial(ReadOnlySpan<float> weights, double step)
        {
            var moved = false;
            for (var j = 0; j < weights.Length; j++)
            {
                Trial[j] = (float)(weights[j] + (step * _move[j]));
                moved |= Trial[j] != weights[j];
            }

            return moved;
        }

        /// <summary>The trial point becomes the point.</summary>
        internal void Accept(Span<float> weights, double loss)
        {
            var (s, q) = (new double[weights.Length], new double[weights.Length]);
            for (var j = 0; j < weights.Length; j++)
            {
                s[j] = (double)Trial[j] - weights[j];
                q[j] = TrialGradient[j] - Gradient[j];
            }

            coordinates.FromWeights(s);
            _pairs.Add(s, q);
            Trial.CopyTo(weights);
            TrialGradient.CopyTo(Gradient, 0);
            Loss = loss;
        }
    }
}
