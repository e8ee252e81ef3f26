namespace Kernels.Training;

/// <summary>The point u of a stochastic descent, in float64.</summary>
internal sealed class StochasticSteps
{
    private readonly int _columns;
    private readonly SearchCoordinates _coordinates;
    private readonly double[] _point;
    private readonly double[] _next;
    private readonly double[] _gradient;
    private readonly float[] _nextWeights;

    internal StochasticSteps(ReadOnlySpan<float> weights, int columns, SearchCoordinates coordinates)
    {
        (_columns, _coordinates) = (columns, coordinates);
        (_point, _next) = (new double[weights.Length], new double[weights.Length]);
        (_gradient, _nextWeights) = (new double[weights.Length], new float[weights.Length]);
        coordinates.FromWeights(weights, _point);
    }

    /// <summary>u ← u − rate·Tᵀg − shrinkage·Tᵀw. All weights move or none: false when one would not be a finite
    /// float.</summary>
    internal bool Take(ReadOnlySpan<float> gradient, double rate, double shrinkage, Span<float> weights)
    {
        for (var j = 0; j < _gradient.Length; j++)
            _gradient[j] = gradient[j];
        _coordinates.OfGradient(_gradient);
        for (var j = 0; j < _point.Length; j++)
        {
            // w of a column is u by its scale.
            var scale = _coordinates.ScaleOf(j);
            _next[j] = _point[j] - (rate * _gradient[j]) - (j < _columns ? shrinkage * _point[j] / (scale * scale) : 0);
        }

        _coordinates.ToWeights(_next, _nextWeights);
        if (!Vectors.AreFinite(_nextWeights))
            return false;
        _next.CopyTo(_point, 0);
        _nextWeights.CopyTo(weights);
        return true;
    }
}
