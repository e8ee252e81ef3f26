namespace Kernels.Training;

/// <summary>The points u of an accelerated proximal descent: the current one, and the one ahead of it where the gradient is
/// taken.</summary>
internal sealed class ProximalSteps
{
    private const double Shortened = 0.125;
    private const double Growth = 1.05;

    private readonly SearchCoordinates _coordinates;
    private readonly int _columns;
    private readonly double _l1;
    private readonly bool _accelerate;
    private readonly bool _fixedRate;
    private readonly double[] _point;
    private readonly double[] _current;
    private readonly double[] _next;
    private readonly double[] _lastGradient;
    private readonly double[] _evaluated;
    private readonly double[] _lastEvaluated;
    private readonly float[] _nextWeights;
    private bool _hasLast;
    private double _momentum = 1;

    internal ProximalSteps(ReadOnlySpan<float> weights, int columns, SearchCoordinates coordinates, GradientDescentOptions options)
    {
        (_columns, _l1, _accelerate, _fixedRate) = (columns, options.L1, options.Accelerate, options.LearningRate is not null);
        _coordinates = coordinates;
        _point = new double[weights.Length];
        coordinates.FromWeights(weights, _point);
        _current = (double[])_point.Clone();
        (_next, _nextWeights) = (new double[weights.Length], new float[weights.Length]);
        (_evaluated, _lastEvaluated, _lastGradient) = (new double[weights.Length], new double[weights.Length], new double[weights.Length]);
        Evaluated = weights.ToArray();
    }

    /// <summary>The weights where the gradient is taken, in float32.</summary>
    internal float[] Evaluated { get; }

    /// <summary>Σ ((w − w⁺)/α)² of the last map.</summary>
    internal double MapSquares { get; private set; }

    /// <summary>α.</summary>
    internal double Rate { get; private set; }

    /// <summary>What a rate grows to again that was shortened where the curvature was large for a while; 0 for not at all: where the
    /// curvature has a bound, what was seen of it stays true.</summary>
    internal double MostRate { get; set; }

    /// <returns>A reason to stop: a rate that is no number, from data that are none.</returns>
    internal StopReason? SetRate(double rate)
    {
        Rate = rate;
        return rate > 0 && double.IsFinite(rate) ? null : StopReason.Diverged;
    }

    /// <summary>
    /// Shortens the step when the gradient has changed faster than 1/α between the last two points: then 1/α is no Lipschitz constant.
    /// A rate that the caller has chosen stays.
    /// </summary>
    internal void LimitRate(ReadOnlySpan<double> gradient)
    {
        var (curvature, squares) = (0.0, 0.0);
        _coordinates.FromWeights(Evaluated, _evaluated);
        for (var j = 0; j < gradient.Length && _hasLast && !_fixedRate; j++)
        {
            var moved = _evaluated[j] - _lastEvaluated[j];
            curvature += moved * (gradient[j] - _lastGradient[j]);
            squares += moved * moved;
        }

        // Where the points are so close that the gradients differ by their rounding, the quotient says nothing.
        if (curvature * Rate > squares * 1.0001 && squares > 1e-12 * Vectors.Dot(_evaluated, _evaluated))
        {
            Rate = squares / (1.1 * curvature);
            _momentum = 1;
        }
        else
        {
            Rate = Math.Max(Rate, Math.Min(Growth * Rate, MostRate));
        }

        gradient.CopyTo(_lastGradient);
        _evaluated.CopyTo(_lastEvaluated, 0);
        _hasLast = true;
    }

    /// <summary>The next point, w⁺ = prox(w − α·g), and the largest |w − w⁺|/α: the gradient itself where there is no
    /// L1.</summary>
    internal double Map(ReadOnlySpan<double> gradient)
    {
        var (largest, squares) = (0.0, 0.0);
        for (var j = 0; j < _point.Length; j++)
        {
            var component = gradient[j];
            var moved = _point[j] - (Rate * gradient[j]);
            if (_l1 > 0 && j < _columns)
            {
                moved = Math.Max(Math.Abs(moved) - (Rate * _l1 / _coordinates.ScaleOf(j)), 0) * SignOf(moved);
                component = (_point[j] - moved) / Rate;
            }

            largest = Math.Max(largest, Math.Abs(component));
            squares += component * component;
            _next[j] = moved;
        }

        _coordinates.ToWeights(_next, _nextWeights);
        MapSquares = squares;
        return largest;
    }

    /// <summary>A shorter step from the last point whose loss was finite, whose gradient is known; false when the caller chose the rate, or
    /// there is no such point.</summary>
    internal bool BackOff(Span<float> weights)
    {
        if (_fixedRate || !_hasLast || Rate < 1e-300)
            return false;
        Rate *= Shortened;
        _momentum = 1;
        _lastEvaluated.CopyTo(_point, 0);
        _lastEvaluated.CopyTo(_current, 0);
        Map(_lastGradient);
        if (!CanAdvance)
            return false;
        Advance(weights);
        return true;
    }

    /// <summary>Whether every weight of the next point is a finite float32: otherwise it is no point to go to.</summary>
    internal bool CanAdvance => Vectors.AreFinite(_nextWeights);

    /// <summary>Whether <see cref="Finish"/> leaves finite weights.</summary>
    internal bool CanFinish => _l1 == 0 || CanAdvance;

    /// <summary>Goes to the next point, and ahead of it by the momentum; the float32 weights are those of the next point.</summary>
    internal void Advance(Span<float> weights)
    {
        var uphill = 0.0;
        for (var j = 0; j < _point.Length; j++)
            uphill += (_point[j] - _next[j]) * (_next[j] - _current[j]);
        if (uphill > 0 || !_accelerate)
            _momentum = 1;

        var momentum = 0.5 * (1 + Math.Sqrt(1 + (4 * _momentum * _momentum)));
        var beta = _accelerate ? (_momentum - 1) / momentum : 0;
        for (var j = 0; j < _point.Length; j++)
        {
            _point[j] = _next[j] + (beta * (_next[j] - _current[j]));
            _current[j] = _next[j];
        }

        _momentum = momentum;
        _nextWeights.CopyTo(weights);
        _coordinates.ToWeights(_point, Evaluated);
    }

    /// <summary>The weights where the gradient is small; with L1 the next point, whose zeros are exact.</summary>
    internal void Finish(Span<float> weights)
    {
        (_l1 > 0 ? _nextWeights : Evaluated).CopyTo(weights);
    }

    // Math.Sign throws at NaN, which is to come out as NaN.
    private static double SignOf(double value) => value > 0 ? 1 : value < 0 ? -1 : double.IsNaN(value) ? value : 0;
}
