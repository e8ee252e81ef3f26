namespace Kernels.Training;

/// <summary>
/// The inverse of the Hessian that columns without correlation would have: M = T·D⁻¹·Tᵀ with w = T·u for the coordinates u of columns less
/// their means, divided by their deviations. A first-order method that starts from it does not see the columns' units.
/// </summary>
internal sealed class ColumnMetric
{
    private readonly double[] _centers;
    private readonly double[] _scales;
    private readonly double[] _curvatures;
    private readonly bool _hasIntercept;

    /// <param name="moments">Of the columns.</param>
    /// <param name="hasIntercept">Whether there is one: without it columns are not centred.</param>
    /// <param name="curvature">Σ sᵢ·μ′(zᵢ), about.</param>
    /// <param name="l2">λ₂.</param>
    internal ColumnMetric(ColumnMoments moments, bool hasIntercept, double curvature, double l2)
    {
        var columns = moments.Means.Length;
        _hasIntercept = hasIntercept;
        (_centers, _scales, _curvatures) = (new double[columns], new double[columns], new double[columns + 1]);
        for (var j = 0; j < columns; j++)
        {
            _centers[j] = hasIntercept ? moments.Means[j] : 0;
            var scale = hasIntercept ? moments.Deviations[j] : moments.RootMeanSquares[j];
            _scales[j] = scale > 0 ? scale : 1;
            _curvatures[j] = curvature + (l2 / (_scales[j] * _scales[j]));
        }

        _curvatures[columns] = curvature;
    }

    /// <summary>The largest component of a gradient in the coordinates u, which have no units.</summary>
    internal double LargestOf(ReadOnlySpan<double> gradient)
    {
        var largest = _hasIntercept ? Math.Abs(gradient[^1]) : 0;
        for (var j = 0; j < _scales.Length; j++)
            largest = Math.Max(largest, Math.Abs(gradient[j] - (_hasIntercept ? _centers[j] * gradient[^1] : 0)) / _scales[j]);
        return largest;
    }

    /// <summary>v ← M·v.</summary>
    internal void Apply(Span<double> v)
    {
        var last = _hasIntercept ? v[^1] / _curvatures[^1] : 0;
        var intercept = last;
        for (var j = 0; j < _scales.Length; j++)
        {
            var along = (v[j] - (_hasIntercept ? _centers[j] * v[^1] : 0)) / _scales[j];
            v[j] = along / _curvatures[j] / _scales[j];
            intercept -= _centers[j] * v[j];
        }

        if (_hasIntercept)
            v[^1] = intercept;
    }
}
