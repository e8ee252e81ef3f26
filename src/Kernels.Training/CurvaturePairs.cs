namespace Kernels.Training;

/// <summary>The last m steps s and gradient changes q of a quasi-Newton method: a model of the inverse Hessian.</summary>
/// <param name="memory">How many.</param>
/// <param name="metric">The model before there is a step.</param>
internal sealed class CurvaturePairs(int memory, ColumnMetric metric)
{
    private readonly List<(double[] S, double[] Q, double Curvature)> _pairs = [];

    /// <summary>Whether no step is remembered.</summary>
    internal bool IsEmpty => _pairs.Count == 0;

    /// <summary>Remembers a step along which the gradient grew; others would make the model indefinite.</summary>
    internal void Add(double[] s, double[] q)
    {
        var curvature = Vectors.Dot(s, q);
        if (!(curvature > 1e-10 * Math.Sqrt(Vectors.Dot(s, s) * Vectors.Dot(q, q))))
            return;
        if (_pairs.Count == memory)
            _pairs.RemoveAt(0);
        _pairs.Add((s, q, curvature));
    }

    internal void Clear() => _pairs.Clear();

    /// <summary>direction ← −H·direction for the model H of the inverse Hessian (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.4).</summary>
    internal void ToDescent(Span<double> direction)
    {
        var weights = new double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            var (s, q, curvature) = _pairs[i];
            weights[i] = Vectors.Dot(s, direction) / curvature;
            Vectors.AddScaled(-weights[i], q, direction);
        }

        metric.Apply(direction);
        if (_pairs.Count > 0)
        {
            var (_, q, curvature) = _pairs[^1];
            var image = (double[])q.Clone();
            metric.Apply(image);
            var scale = curvature / Vectors.Dot(q, image);
            foreach (ref var d in direction)
                d *= scale;
        }

        for (var i = 0; i < _pairs.Count; i++)
        {
            var (s, q, curvature) = _pairs[i];
            Vectors.AddScaled(weights[i] - (Vectors.Dot(q, direction) / curvature), s, direction);
        }

        foreach (ref var d in direction)
            d = -d;
    }
}
