using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>
/// The sandwich estimator HC1 of the covariance: H⁻¹·(Σ rᵢ²·xᵢxᵢᵀ)·H⁻¹·n/(n − p) (MacKinnon and White, Journal of Econometrics 29, 1985).
/// </summary>
internal static class Sandwich
{
    /// <summary>Packed, in the coordinates of the fit.</summary>
    internal static double[] Of<TLink>(in FitData<TLink> data, Coordinates coordinates, ReadOnlySpan<double> u, double[] inverse, double correction)
        where TLink : struct, ILink
    {
        // Σ (s·r)²·xxᵀ is the Hessian of a linear model whose sample weights are those squares.
        var p = coordinates.Parameters;
        var weights = new double[p];
        coordinates.ToCentered(u, weights);
        var meat = data.Sum(first => new HessianOf<Identity>(
            new(new double[p], coordinates.Centers, coordinates.HasIntercept, first), Squares)).Sum;

        Observations Squares(in Observations rows)
        {
            var squares = new float[rows.X.Rows];
            for (var i = 0; i < squares.Length; i++)
            {
                var s = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
                var z = coordinates.HasIntercept ? weights[^1] : 0;
                var x = rows.X.Row(i);
                for (var j = 0; j < x.Length; j++)
                    z += (x[j] - coordinates.Centers[j]) * weights[j];
                if (!rows.Offset.IsEmpty)
                    z += rows.Offset[i];
                if (s == 0 || double.IsNaN(z + s + rows.Targets[i]))
                    continue;
                var r = s * (MeanOf<TLink>(z) - rows.Targets[i]);
                squares[i] = (float)(r * r);
            }

            return new(rows.X, new float[squares.Length]) { SampleWeights = squares };
        }

        var (unused, middle) = (new double[p], new double[inverse.Length]);
        meat.Evaluate(unused, middle);
        coordinates.Scale(unused, middle);
        return Product(inverse, middle, p, correction);
    }

    private static double MeanOf<TLink>(double z)
        where TLink : struct, ILink =>
        typeof(TLink) == typeof(Logit) ? 1 / (1 + Math.Exp(-z)) : typeof(TLink) == typeof(Log) ? Math.Exp(z) : z;

    // A·B·A of symmetric matrices.
    private static double[] Product(double[] a, double[] b, int order, double factor)
    {
        var left = new double[order, order];
        for (var j = 0; j < order; j++)
        {
            for (var k = 0; k < order; k++)
            {
                for (var i = 0; i < order; i++)
                    left[j, k] += a[Packed.At(j, i)] * b[Packed.At(i, k)];
            }
        }

        var result = new double[a.Length];
        for (int j = 0, at = 0; j < order; j++)
        {
            for (var k = 0; k <= j; k++, at++)
            {
                for (var i = 0; i < order; i++)
                    result[at] += left[j, i] * a[Packed.At(i, k)];
                result[at] *= factor;
            }
        }

        return result;
    }
}
