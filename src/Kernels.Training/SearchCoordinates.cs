namespace Kernels.Training;

/// <summary>
/// The coordinates u of a first-order search, in which no unit of a column matters: w = T·u for columns less their means, divided by their
/// scales. X is not copied: wⱼ = uⱼ/tⱼ, the intercept is u₀ − Σ mⱼ·wⱼ, and a gradient g becomes Tᵀg = (gⱼ −
/// mⱼ·g₀)/tⱼ.
/// </summary>
/// <remarks>
/// tⱼ² = sⱼ² + λ₂/c for the deviation sⱼ and the curvature c: with the penalty the Hessian of columns without correlation is
/// c·I.
/// </remarks>
internal sealed class SearchCoordinates
{
    private readonly double[] _centers;
    private readonly double[] _scales;
    private readonly bool _hasIntercept;

    private SearchCoordinates(double[] centers, double[] scales, bool hasIntercept) =>
        (_centers, _scales, _hasIntercept) = (centers, scales, hasIntercept);

    /// <param name="moments">Of the columns.</param>
    /// <param name="hasIntercept">Whether there is one: without it columns are not centred.</param>
    /// <param name="curvature">c = Σ sᵢ·μ′(zᵢ), about.</param>
    /// <param name="l2">λ₂.</param>
    internal SearchCoordinates(ColumnMoments moments, bool hasIntercept, double curvature, double l2)
        : this(new double[moments.Means.Length], new double[moments.Means.Length], hasIntercept)
    {
        Curvature = curvature;
        for (var j = 0; j < _scales.Length; j++)
        {
            _centers[j] = hasIntercept ? moments.Means[j] : 0;
            var scale = hasIntercept ? moments.Deviations[j] : moments.RootMeanSquares[j];
            scale = scale > 0 ? scale : 1;
            _scales[j] = Math.Sqrt((scale * scale) + (l2 / curvature));
        }
    }

    /// <summary>c.</summary>
    internal double Curvature { get; } = 1;

    /// <summary>What a gradient is measured by: the deviation of the targets for the identity link, the root of the mean for large counts,
    /// else 1.</summary>
    internal double ResidualScale { get; init; } = 1;

    /// <summary>μ′ at the mean target.</summary>
    internal double MeanSlope { get; init; } = 1;

    /// <summary>The weights themselves: no column has a scale.</summary>
    internal static SearchCoordinates Plain { get; } = new([], [], hasIntercept: false);

    /// <summary>tⱼ; 1 for the intercept.</summary>
    internal double ScaleOf(int j) => j < _scales.Length ? _scales[j] : 1;

    /// <summary>The largest of the scales' inverses, squared: how much steeper than in w a penalty may be in u.</summary>
    internal double SteepestPenalty()
    {
        var smallest = double.PositiveInfinity;
        foreach (var scale in _scales)
            smallest = Math.Min(smallest, scale);
        return 1 / (smallest * smallest);
    }

    /// <summary>v ← T·v: a direction of u to one of w.</summary>
    internal void ToWeights(Span<double> v)
    {
        for (var j = 0; j < _scales.Length; j++)
        {
            v[j] /= _scales[j];
            if (_hasIntercept)
                v[^1] -= _centers[j] * v[j];
        }
    }

    /// <summary>T·u in float32.</summary>
    internal void ToWeights(ReadOnlySpan<double> u, Span<float> weights)
    {
        var intercept = u.IsEmpty ? 0 : u[^1];
        for (var j = 0; j < u.Length; j++)
        {
            var w = u[j] / ScaleOf(j);
            weights[j] = (float)w;
            if (_hasIntercept && j < _scales.Length)
                intercept -= _centers[j] * w;
        }

        if (_hasIntercept)
            weights[^1] = (float)intercept;
    }

    /// <summary>v ← T⁻¹·v: the other way.</summary>
    internal void FromWeights(Span<double> v)
    {
        for (var j = 0; j < _scales.Length; j++)
        {
            if (_hasIntercept)
                v[^1] += _centers[j] * v[j];
            v[j] *= _scales[j];
        }
    }

    /// <summary>The u of some weights.</summary>
    internal void FromWeights(ReadOnlySpan<float> weights, Span<double> u)
    {
        for (var j = 0; j < u.Length; j++)
            u[j] = weights[j];
        FromWeights(u);
    }

    /// <summary>g ← Tᵀ·g.</summary>
    internal void OfGradient(Span<double> gradient)
    {
        for (var j = 0; j < _scales.Length; j++)
            gradient[j] = (gradient[j] - (_hasIntercept ? _centers[j] * gradient[^1] : 0)) / _scales[j];
    }
}
