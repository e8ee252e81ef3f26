using Kernels.Links;

namespace Kernels.Training;

/// <summary>
/// What an optimiser minimises: J(w) + ½·λ·Σwⱼ² + λ₁·Σ|wⱼ|, the intercept left out of the penalties. Gradients are those of the smooth part, in float64.
/// </summary>
internal ref struct Objective<TLink>
    where TLink : struct, ILink
{
    private readonly double _l2;
    private readonly double _l1;
    private readonly ParallelOptions _parallel;
    private readonly float[] _gradient;
    private readonly float[] _direction;

    internal Objective(in Observations data, TrainingOptions options, double l1 = 0)
    {
        Data = data;
        (_l2, _l1) = (options.L2, l1);
        _parallel = new() { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism };
        _gradient = new float[data.X.Parameters];
        _direction = new float[data.X.Parameters];
        TotalWeight = double.NaN;
    }

    internal Observations Data { get; }

    internal int SkippedRows { get; private set; }

    /// <summary>Σ sᵢ of the last evaluation, or 1 where it is 0: what a mean is divided by.</summary>
    internal double TotalWeight { get; private set; }

    /// <summary>The objective at <paramref name="weights"/>, and the gradient of its smooth part.</summary>
    internal double Evaluate(ReadOnlySpan<float> weights, Span<double> gradient)
    {
        var result = Glm<TLink>.Gradient(Data, weights, _gradient, parallel: _parallel);
        (TotalWeight, SkippedRows) = (result.TotalWeight == 0 ? 1 : Math.Abs(result.TotalWeight), result.SkippedRows);
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = _gradient[j];
        for (var j = 0; j < Data.X.Columns && _l2 > 0; j++)
            gradient[j] += _l2 * weights[j];
        return result.Loss + Penalty(weights);
    }

    /// <summary>The objective alone.</summary>
    internal readonly double Loss(ReadOnlySpan<float> weights) => Glm<TLink>.Loss(Data, weights, parallel: _parallel).Loss + Penalty(weights);

    /// <summary>∇²·v of the smooth part.</summary>
    internal readonly void HessianProduct(ReadOnlySpan<float> weights, ReadOnlySpan<double> v, Span<double> product)
    {
        // v may be tiny, and then its float32 products subnormal: it is scaled by a power of two and back.
        var exponent = Vectors.LargestMagnitude(v) is > 0 and var largest && double.IsFinite(largest) ? Math.ILogB(largest) : 0;
        for (var j = 0; j < v.Length; j++)
            _direction[j] = (float)Math.ScaleB(v[j], -exponent);
        Glm<TLink>.HessianProduct(Data, weights, _direction, _gradient, parallel: _parallel);
        for (var j = 0; j < product.Length; j++)
            product[j] = Math.ScaleB(_gradient[j], exponent) + (j < Data.X.Columns ? _l2 * v[j] : 0);
    }

    /// <summary>The diagonal of ∇² of the smooth part.</summary>
    internal readonly void HessianDiagonal(ReadOnlySpan<float> weights, Span<double> diagonal)
    {
        Glm<TLink>.HessianDiagonal(Data, weights, _gradient, parallel: _parallel);
        for (var j = 0; j < diagonal.Length; j++)
            diagonal[j] = _gradient[j] + (j < Data.X.Columns ? _l2 : 0);
    }

    private readonly double Penalty(ReadOnlySpan<float> weights)
    {
        var (squares, magnitudes) = (0.0, 0.0);
        for (var j = 0; j < Data.X.Columns && (_l2 > 0 || _l1 > 0); j++)
        {
            squares += (double)weights[j] * weights[j];
            magnitudes += Math.Abs((double)weights[j]);
        }

        return (0.5 * _l2 * squares) + (_l1 * magnitudes);
    }
}
