using Kernels.Links;

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

    private static (double Intercept, double Deviance, double Gradient, double Curvature) Evaluate<TLink>(in FitData<TLink> data, double intercept)
        where TLink : struct, ILink
    {
        var hasIntercept = data.HasIntercept;
        double[] weights = hasIntercept ? [intercept] : [];
        var sum = data.Sum(first => new HessianOf<TLink>(new(weights, intercept: hasIntercept, firstRow: first), WithoutColumns)).Sum;
        var (gradient, hessian) = (new double[weights.Length], new double[weights.Length]);
        var result = sum.Evaluate(gradient, hessian);
        return (intercept, result.Deviance, gradient.FirstOrDefault(), hessian.FirstOrDefault());
    }

    // A row that is skipped for a feature has to be left out here as well.
    private static Observations WithoutColumns(in Observations rows)
    {
        var x = new DesignMatrix(default, rows.X.Rows, 0, 0, rows.X.HasIntercept);
        if (rows.RowsWithNaN == RowsWithNaN.Propagate)
            return new(x, rows.Targets) { SampleWeights = rows.SampleWeights, Offset = rows.Offset };
        var targets = rows.Targets.ToArray();
        for (var i = 0; i < targets.Length; i++)
        {
            foreach (var value in rows.X.Row(i))
                targets[i] = float.IsNaN(value) ? float.NaN : targets[i];
        }

        return new(x, targets) { SampleWeights = rows.SampleWeights, Offset = rows.Offset, RowsWithNaN = RowsWithNaN.Skip };
    }

    private static double LinkOf<TLink>(double mean)
        where TLink : struct, ILink =>
        typeof(TLink) == typeof(Logit) ? Math.Log(mean) - Math.Log(1 - mean) : typeof(TLink) == typeof(Log) ? Math.Log(mean) : mean;
}
