namespace Kernels.Training.Fits;

/// <summary>
/// The coordinates of a fit: columns less their means, divided by their deviations, so that no unit of a column matters. The means are
/// rounded to float32, whose values are what a pass subtracts fastest; any constant near the mean does. X is not copied: with
/// z = Σ uⱼ·(xⱼ − mⱼ)/sⱼ + u₀, wⱼ = uⱼ/sⱼ and the intercept is u₀ − Σ mⱼ·wⱼ.
/// </summary>
internal sealed class Coordinates
{
    internal Coordinates(ColumnScan scan, bool intercept)
    {
        HasIntercept = intercept;
        Centers = new double[scan.Means.Length];
        Scales = new double[scan.Means.Length];
        for (var j = 0; j < Scales.Length; j++)
        {
            // Without an intercept a centre would be one.
            Centers[j] = intercept ? (float)scan.Means[j] : 0;
            var scale = intercept ? scan.Deviations[j] : scan.RootMeanSquares[j];
            Scales[j] = scale > 0 ? scale : 1;
        }
    }

    internal bool HasIntercept { get; }

    internal double[] Centers { get; }

    internal double[] Scales { get; }

    internal int Parameters => Scales.Length + (HasIntercept ? 1 : 0);

    /// <summary>The weights of the centred columns.</summary>
    internal void ToCentered(ReadOnlySpan<double> u, Span<double> weights)
    {
        u.CopyTo(weights);
        for (var j = 0; j < Scales.Length; j++)
            weights[j] = u[j] / Scales[j];
    }

    /// <summary>Coefficients of the columns as they are.</summary>
    internal double[] ToRaw(ReadOnlySpan<double> u)
    {
        var raw = u.ToArray();
        ToCentered(u, raw);
        for (var j = 0; j < Scales.Length && HasIntercept; j++)
            raw[^1] -= Centers[j] * raw[j];
        return raw;
    }

    /// <summary>The other way.</summary>
    internal double[] FromRaw(ReadOnlySpan<double> raw)
    {
        var u = raw.ToArray();
        for (var j = 0; j < Scales.Length; j++)
        {
            if (HasIntercept)
                u[^1] += Centers[j] * raw[j];
            u[j] = raw[j] * Scales[j];
        }

        return u;
    }

    /// <summary>A gradient with respect to the weights of the columns as they are, to u.</summary>
    internal void OfGradient(ReadOnlySpan<float> raw, Span<double> gradient)
    {
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = raw[j];
        for (var j = 0; j < Scales.Length; j++)
            gradient[j] = (gradient[j] - (HasIntercept ? Centers[j] * gradient[^1] : 0)) / Scales[j];
    }

    /// <summary>A gradient and a packed Hessian with respect to the weights of the centred columns, to u.</summary>
    internal void Scale(Span<double> gradient, Span<double> hessian)
    {
        for (int j = 0, at = 0; j < gradient.Length; j++)
        {
            gradient[j] /= ScaleOf(j);
            for (var k = 0; k <= j; k++, at++)
                hessian[at] /= ScaleOf(j) * ScaleOf(k);
        }
    }

    /// <summary>A covariance of u to that of the coefficients of the columns as they are; both packed.</summary>
    internal double[] CovarianceToRaw(double[] covariance)
    {
        var p = Parameters;
        var raw = new double[covariance.Length];
        for (int j = 0, at = 0; j < p; j++)
        {
            for (var k = 0; k <= j; k++, at++)
                raw[at] = covariance[at] / (ScaleOf(j) * ScaleOf(k));
        }

        return HasIntercept ? MoveIntercept(raw, Centers) : raw;
    }

    /// <summary>The packed covariance of w and b − Σ mⱼwⱼ from that of w and b, which comes last.</summary>
    internal static double[] MoveIntercept(IReadOnlyList<double> covariance, IReadOnlyList<double> centers)
    {
        var moved = covariance.ToArray();
        if (moved.Length == 0)
            return moved;
        var p = centers.Count + 1;
        var last = Packed.At(p - 1, 0);
        var with = new double[p - 1];
        for (var k = 0; k < p - 1; k++)
        {
            with[k] = moved[last + k];
            for (var j = 0; j < p - 1; j++)
                with[k] -= centers[j] * moved[Packed.At(j, k)];
        }

        var variance = moved[last + p - 1];
        for (var j = 0; j < p - 1; j++)
            variance -= centers[j] * (moved[last + j] + with[j]);
        with.CopyTo(moved, last);
        moved[last + p - 1] = variance;
        return moved;
    }

    private double ScaleOf(int j) => j < Scales.Length ? Scales[j] : 1;
}
