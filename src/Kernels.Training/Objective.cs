using Kernels.Links;

namespace Kernels.Training;

/// <summary>What an optimiser minimises: J(w) + ½·λ·Σwⱼ², the intercept left out of the penalty, with its gradient in float64.</summary>
internal readonly ref struct Objective<TLink>
    where TLink : struct, ILink
{
    private readonly DesignMatrix _x;
    private readonly ReadOnlySpan<float> _y;
    private readonly double _l2;
    private readonly ParallelOptions _parallel;
    private readonly float[] _gradient;

    /// <exception cref="ArgumentOutOfRangeException">λ is negative or not finite, or the number of threads is 0 or below −1.</exception>
    internal Objective(in DesignMatrix x, ReadOnlySpan<float> y, double l2, int maxDegreeOfParallelism)
    {
        if (!(l2 >= 0) || double.IsPositiveInfinity(l2))
            throw new ArgumentOutOfRangeException(nameof(l2), l2, $"The L2 penalty is {l2}; it must be finite and not negative.");
        _x = x;
        _y = y;
        _l2 = l2;
        _parallel = new() { MaxDegreeOfParallelism = maxDegreeOfParallelism };
        _gradient = new float[x.Parameters];
    }

    /// <summary>The objective at <paramref name="weights"/>, and its gradient.</summary>
    internal double Evaluate(ReadOnlySpan<float> weights, Span<double> gradient)
    {
        var loss = Glm<TLink>.Gradient(_x, _y, weights, _gradient, _parallel);
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = _gradient[j];
        for (var j = 0; j < _x.Columns && _l2 > 0; j++)
            gradient[j] += _l2 * weights[j];
        return loss + Penalty(weights);
    }

    /// <summary>The objective alone.</summary>
    internal double Loss(ReadOnlySpan<float> weights) => Glm<TLink>.Loss(_x, _y, weights, _parallel) + Penalty(weights);

    private double Penalty(ReadOnlySpan<float> weights)
    {
        var squares = 0.0;
        for (var j = 0; j < _x.Columns && _l2 > 0; j++)
            squares += (double)weights[j] * weights[j];
        return 0.5 * _l2 * squares;
    }
}
