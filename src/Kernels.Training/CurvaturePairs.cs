using Kernels.Training.Fits;

namespace Kernels.Training;

/// <summary>The last m steps s and gradient changes q of a quasi-Newton method: a model of the inverse Hessian.</summary>
/// <param name="memory">How many.</param>
/// <param name="curvature">The model before there is a step is I by this.</param>
/// <param name="hessian">A Hessian whose inverse the model begins with instead; null for none.</param>
internal sealed class CurvaturePairs(int memory, double curvature = 1, Cholesky? hessian = null)
{
    private readonly List<(double[] S, double[] Q, double Along)> _pairs = [];

    /// <summary>Whether no step is remembered.</summary>
    internal bool IsEmpty => _pairs.Count == 0;

    /// <summary>Remembers a step along which the gradient grew; others would make the model indefinite.</summary>
    internal void Add(double[] s, double[] q)
    {
        var along = Vectors.Dot(s, q);
        if (!(along > 1e-10 * Math.Sqrt(Vectors.Dot(s, s) * Vectors.Dot(q, q))))
            return;
        if (_pairs.Count == memory)
            _pairs.RemoveAt(0);
        _pairs.Add((s, q, along));
    }

    internal void Clear() => _pairs.Clear();

    /// <summary>direction ← −H·direction for the model H of the inverse Hessian (Nocedal and Wright, Numerical Optimization, 2nd ed.,
    /// algorithm 7.4).</summary>
    internal void ToDescent(Span<double> direction)
    {
        var weights = new double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            var (s, q, along) = _pairs[i];
            weights[i] = Vectors.Dot(s, direction) / along;
            Vectors.AddScaled(-weights[i], q, direction);
        }

        var scale = _pairs.Count > 0 ? _pairs[^1].Along / Vectors.Dot(_pairs[^1].Q, _pairs[^1].Q) : 1 / curvature;
        foreach (ref var d in direction)
            d *= hessian is null ? scale : 1;
        hessian?.Solve(direction, direction);

        for (var i = 0; i < _pairs.Count; i++)
        {
            var (s, q, along) = _pairs[i];
            Vectors.AddScaled(weights[i] - (Vectors.Dot(q, direction) / along), s, direction);
        }

        foreach (ref var d in direction)
            d = -d;
    }
}
