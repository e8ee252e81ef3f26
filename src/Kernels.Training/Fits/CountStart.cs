using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training.Fits;

/// <summary>
/// Where a Poisson fit begins: the weighted least squares of log(y + 0.1) with the weights y + 0.1, which is the first step of iteratively
/// reweighted least squares from the counts themselves (McCullagh and Nelder, Generalized Linear Models, 2nd ed., §2.5). From the
/// intercept alone large effects need several steps more.
/// </summary>
internal static class CountStart
{
    /// <summary>The start, in the coordinates of the fit; one pass.</summary>
    internal static double[] Of<TLink>(in FitData<TLink> data, Coordinates coordinates, ReadOnlySpan<double> thresholds)
        where TLink : struct, ILink
    {
        var p = coordinates.Parameters;
        var sum = data.Sum(new CountStartQuestion(coordinates.Centers, coordinates.HasIntercept)).Sum;
        var (gradient, hessian, start) = (new double[p], new double[Packed.Length(p)], new double[p]);
        sum.Evaluate(gradient, hessian);
        coordinates.Scale(gradient, hessian);
        new Cholesky(hessian, p, coordinates.HasIntercept, thresholds).Solve(Array.ConvertAll(gradient, g => -g), start);
        return start;
    }
}
