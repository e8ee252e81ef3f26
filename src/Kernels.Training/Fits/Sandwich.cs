using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training.Fits;

/// <summary>
/// The sandwich estimator HC1 of the covariance: H⁻¹·(Σ rᵢ²·xᵢxᵢᵀ)·H⁻¹·n/(n − p) (MacKinnon and White, Journal of
/// Econometrics 29, 1985).
/// </summary>
internal static class Sandwich
{
    /// <summary>Packed, in the coordinates of the fit.</summary>
    internal static double[] Of<TLink>(in FitData<TLink> data, Coordinates coordinates, ReadOnlySpan<double> u, double[] inverse,
        double correction)
        where TLink : struct, ILink
    {
        var p = coordinates.Parameters;
        var weights = new double[p];
        coordinates.ToCentered(u, weights);
        var meat = data.Sum(new SquaresQuestion<TLink>(coordinates.Centers, weights, coordinates.HasIntercept)).Sum;
        var (unused, middle) = (new double[p], new double[inverse.Length]);
        meat.Evaluate(unused, middle);
        coordinates.Scale(unused, middle);
        return Product(inverse, middle, p, correction);
    }

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
