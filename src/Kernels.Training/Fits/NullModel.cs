using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training.Fits;

/// <summary>The model with nothing but the intercept and the offset: where a fit begins, and what its deviance is compared with.</summary>
internal static class NullModel
{
    private const int MostSteps = 50;

    /// <summary>Its intercept (0 if there is none) and its deviance; X is not read.</summary>
    internal static (double Intercept, double Deviance) Of<TLink>(in FitData<TLink> data, ColumnScan scan)
        where TLink : struct, ILink
    {
        var start = data.HasIntercept ? LinkOf<TLink>(scan.TargetSum / scan.TotalWeight) : 0;
        if (typeof(TLink) == typeof(Logit) && data.HasIntercept && !scan.HasOffset && scan.AreOutcomes)
            return (start, OfOutcomes(scan.TargetSum, scan.TotalWeight));
        var (intercept, deviance, gradient, curvature) = Evaluate(data, start);
        for (var i = 0; i < MostSteps && data.HasIntercept && scan.HasOffset && double.IsFinite(deviance); i++)
        {
            var step = -gradient / curvature;
            var next = Evaluate(data, intercept + step);
            for (var halvings = 0; halvings < MostSteps && !(next.Deviance <= deviance * (1 + 1e-14)); halvings++)
            {
                step *= 0.5;
                next = Evaluate(data, intercept + step);
            }

            (intercept, deviance, gradient, curvature) = next;
            if (!(gradient * gradient / curvature > 1e-20))
                break;
        }

        return (intercept, deviance);
    }

    // −2·Σ s·log of the share of what came out; both sums have one sign, so nothing cancels.
    private static double OfOutcomes(double ones, double all) =>
        -2 * ((ones * Math.Log(ones / all)) + ((all - ones) * Math.Log((all - ones) / all)));

    private static (double Intercept, double Deviance, double Gradient, double Curvature) Evaluate<TLink>(in FitData<TLink> data,
        double intercept)
        where TLink : struct, ILink
    {
        double[] weights = data.HasIntercept ? [intercept] : [];
        var sum = data.Sum(new NullQuestion<TLink>(weights, data.HasIntercept)).Sum;
        var (gradient, hessian) = (new double[weights.Length], new double[weights.Length]);
        var result = sum.Evaluate(gradient, hessian);
        return (intercept, result.Deviance, gradient.FirstOrDefault(), hessian.FirstOrDefault());
    }

    private static double LinkOf<TLink>(double mean)
        where TLink : struct, ILink =>
        typeof(TLink) == typeof(Logit) ? Math.Log(mean) - Math.Log(1 - mean) : typeof(TLink) == typeof(Log) ? Math.Log(mean) : mean;
}
