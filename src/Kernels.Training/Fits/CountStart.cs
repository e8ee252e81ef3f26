using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>
/// Where a Poisson fit begins: the weighted least squares of log(y + 0.1) with the weights y + 0.1, which is the first step of iteratively
/// reweighted least squares from the counts themselves (McCullagh and Nelder, Generalized Linear Models, 2nd ed., §2.5). From the intercept
/// alone large effects need several steps more.
/// </summary>
internal static class CountStart
{
    private const double Little = 0.1;

    /// <summary>The start, in the coordinates of the fit; one pass.</summary>
    internal static double[] Of<TLink>(in FitData<TLink> data, Coordinates coordinates, ReadOnlySpan<double> thresholds)
        where TLink : struct, ILink
    {
        var p = coordinates.Parameters;
        var sum = data.Sum(first => new HessianOf<Identity>(
            new(new double[p], coordinates.Centers, coordinates.HasIntercept, first), Logarithms)).Sum;
        var (gradient, hessian, start) = (new double[p], new double[Packed.Length(p)], new double[p]);
        sum.Evaluate(gradient, hessian);
        coordinates.Scale(gradient, hessian);
        new Cholesky(hessian, p, coordinates.HasIntercept, thresholds).Solve(Array.ConvertAll(gradient, g => -g), start);
        return start;
    }

    private static Observations Logarithms(in Observations rows)
    {
        var (targets, weights) = (new float[rows.X.Rows], new float[rows.X.Rows]);
        for (var i = 0; i < targets.Length; i++)
        {
            var mean = rows.Targets[i] + Little;
            var weight = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
            targets[i] = (float)(Math.Log(mean) - (rows.Offset.IsEmpty ? 0 : rows.Offset[i]));
            weights[i] = weight == 0 ? 0 : (float)(weight * mean);
        }

        return new(rows.X, targets) { SampleWeights = weights, RowsWithNaN = rows.RowsWithNaN };
    }
}
