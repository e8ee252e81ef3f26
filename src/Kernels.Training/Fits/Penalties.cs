namespace Kernels.Training.Fits;

/// <summary>λ₁ and λ₂ of each coordinate: those of the columns as they are, in the units of the fit, or those of standardised
/// columns.</summary>
internal sealed class Penalties
{
    private readonly double[] _l1;
    private readonly double[] _l2;

    internal Penalties(FitOptions options, Coordinates coordinates, ColumnScan scan)
    {
        (_l1, _l2) = (new double[coordinates.Parameters], new double[coordinates.Parameters]);
        for (var j = 0; j < coordinates.Scales.Length; j++)
        {
            // A penalty of w·d is that of u·d/s; without an intercept s is not the deviation d.
            var unit = (options.Standardize ? scan.Deviations[j] : 1) / coordinates.Scales[j];
            (_l1[j], _l2[j]) = (options.L1 * unit, options.L2 * unit * unit);
        }

        HasL1 = options.L1 > 0;
    }

    internal bool HasL1 { get; }

    internal double L1Of(int j) => _l1[j];

    /// <summary>The value of both.</summary>
    internal double At(ReadOnlySpan<double> u)
    {
        var sum = 0.0;
        for (var j = 0; j < u.Length; j++)
            sum += (0.5 * _l2[j] * u[j] * u[j]) + (_l1[j] * Math.Abs(u[j]));
        return sum;
    }

    /// <summary>Adds the smooth part's derivatives.</summary>
    internal void AddTo(Point point)
    {
        AddTo(point.Gradient, point.At);
        for (var j = 0; j < _l2.Length; j++)
            point.Hessian[Packed.At(j, j)] += _l2[j];
    }

    /// <summary>Adds the smooth part's gradient at u.</summary>
    internal void AddTo(Span<double> gradient, ReadOnlySpan<double> u)
    {
        for (var j = 0; j < _l2.Length; j++)
            gradient[j] += _l2[j] * u[j];
    }
}
