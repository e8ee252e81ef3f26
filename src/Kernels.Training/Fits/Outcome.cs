using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>What is reported of a fit: the errors where they apply, the likelihood, and what the columns lost.</summary>
internal static class Outcome
{
    // A float32 spacing of so much of a deviation is worth a word.
    private const double Notable = 1e-3;

    internal static FitResult Of<TLink>(
        FitStatus status, in FitData<TLink> data, NewtonFit<TLink> fit, ColumnScan scan, FitOptions options, double nullDeviance)
        where TLink : struct, ILink
    {
        var point = fit.Current;
        var isEstimated = typeof(TLink) == typeof(Identity);
        var fitted = point.At.Length - fit.Aliased.Count();
        var hasErrors = status is FitStatus.Optimum or FitStatus.Collinear or FitStatus.Rounding && !options.IsPenalized
            && fit.DegreesOfFreedom > 0;
        var covariance = hasErrors ? Covariance(data, fit, scan, options) : [];
        var likelihood = Likelihood<TLink>(point.Deviance, scan);
        return new()
        {
            Status = status,
            Coefficients = fit.Coordinates.ToRaw(point.At),
            Covariance = covariance,
            StandardErrors = hasErrors ? Errors(covariance, fit) : [],
            Aliased = [.. fit.Aliased],
            Separating = fit.Separating,
            Rounded = [.. Rounded(scan)],
            Means = scan.Means,
            Deviations = scan.Deviations,
            Rows = scan.CountedRows,
            Deviance = point.Deviance,
            NullDeviance = nullDeviance,
            LogLikelihood = likelihood,
            Aic = 2 * (fitted + (isEstimated ? 1 : 0) - likelihood),
            Dispersion = fit.Dispersion,
            IsDispersionEstimated = isEstimated,
            DegreesOfFreedom = fit.DegreesOfFreedom,
            NullDegreesOfFreedom = scan.CountedRows - (data.HasIntercept ? 1 : 0),
            Decrement = fit.Decrement,
            Objective = point.Objective,
            Passes = fit.Passes + (hasErrors && options.RobustErrors ? 1 : 0),
            History = fit.History,
            SkippedRows = scan.SkippedRows,
        };
    }

    private static double[] Covariance<TLink>(in FitData<TLink> data, NewtonFit<TLink> fit, ColumnScan scan, FitOptions options)
        where TLink : struct, ILink
    {
        var inverse = fit.InverseHessian();
        if (options.RobustErrors)
            return fit.Coordinates.CovarianceToRaw(
                Sandwich.Of(data, fit.Coordinates, fit.Current.At, inverse, scan.CountedRows / (double)fit.DegreesOfFreedom));
        var dispersion = fit.Dispersion;
        return fit.Coordinates.CovarianceToRaw(Array.ConvertAll(inverse, element => element * dispersion));
    }

    private static double[] Errors<TLink>(double[] covariance, NewtonFit<TLink> fit)
        where TLink : struct, ILink
    {
        var errors = new double[fit.Current.At.Length];
        for (var j = 0; j < errors.Length; j++)
            errors[j] = Math.Sqrt(covariance[Packed.At(j, j)]);
        foreach (var j in fit.Aliased)
            errors[j] = double.NaN;
        return errors;
    }

    // Half a deviance below the saturated model; the linear model's with the dispersion that makes it largest, as R's logLik.
    private static double Likelihood<TLink>(double deviance, ColumnScan scan)
        where TLink : struct, ILink
    {
        if (typeof(TLink) != typeof(Identity))
            return scan.SaturatedLikelihood - (0.5 * deviance);
        var n = (double)scan.CountedRows;
        return -0.5 * ((n * (Math.Log(2 * Math.PI * deviance / n) + 1)) - scan.LogWeights);
    }

    private static IEnumerable<RoundedColumn> Rounded(ColumnScan scan)
    {
        for (var j = 0; j < scan.Largest.Length; j++)
        {
            var spacing = (double)MathF.BitIncrement((float)scan.Largest[j]) - scan.Largest[j];
            if (scan.Deviations[j] > 0 && 0.5 * spacing > Notable * scan.Deviations[j])
                yield return new(j, spacing, scan.Deviations[j]);
        }
    }
}
