using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Training;

namespace Kernels.Cli.Training;

/// <summary>What was found, in one plain sentence, and the exit code that says the same.</summary>
internal static class Verdict
{
    internal static (string Sentence, int Code) Of(TrainOutcome outcome, TrainSettings settings, Datasets data)
    {
        if (outcome.Fit is not { } fit)
            return OfSearch(outcome.Search!, settings);
        var decrement = fit.Decrement.ToString("G2", CultureInfo.InvariantCulture);
        return fit.Status switch
        {
            FitStatus.Optimum =>
                ($"optimum reached; one more step would move no coefficient by more than {decrement} standard errors", ExitCode.Success),
            FitStatus.Collinear =>
                ($"optimum reached; {Columns(fit.Aliased, data)} "
                + $"{(fit.Aliased.Count == 1 ? "is a linear combination" : "are linear combinations")} of columns before and left out "
                + $"(coefficient 0)", ExitCode.Success),
            FitStatus.Rounding =>
                ($"as close as float64 allows: one more step would move a coefficient by {decrement} standard errors", ExitCode.Success),
            FitStatus.IterationLimit when settings.Optimizer == Optimizer.Sgd =>
                ($"all epochs are done; not converged: {decrement} standard errors from the optimum", ExitCode.Success),
            FitStatus.IterationLimit =>
                ($"not converged: {decrement} standard errors from the optimum at the limit on passes; raise --max-iterations, or use "
                + $"--optimizer auto", ExitCode.NotConverged),
            FitStatus.Separated =>
                ($"no finite optimum: {Columns(fit.Separating, data)} "
                + $"{(settings.Link == ModelLink.Log ? "keeps rows of count 0 apart" : "separates the labels")}, so the likelihood rises "
                + $"for ever; give a penalty (--l2), or leave out a column", ExitCode.NoOptimum),
            FitStatus.ConstantTarget =>
                (settings.Link == ModelLink.Log ? "no finite optimum: all counts are 0" : "no finite optimum: all labels are of one class",
                ExitCode.NoOptimum),
            FitStatus.NoRows => ("nothing to fit: no row counts (all weights are 0, or all rows were skipped)", ExitCode.NoOptimum),
            _ => ("not converged: the deviance overflows wherever the search went", ExitCode.NotConverged),
        };
    }

    /// <summary>What the columns lost before they came here.</summary>
    internal static IEnumerable<string> Warnings(TrainOutcome outcome, Datasets data) =>
        (outcome.Fit?.Rounded ?? []).Select(column => string.Create(
        CultureInfo.InvariantCulture,
        $"column '{Message.Quote(data.Features[column.Column])}' loses digits in float32: its values there are {column.Spacing:G4} apart, "
            + $"its standard deviation is {column.Deviation:G4}; subtract a constant from it"));

    private static (string Sentence, int Code) OfSearch(TrainingResult search, TrainSettings settings)
    {
        var gradient = search.GradientNorm.ToString("E1", CultureInfo.InvariantCulture);
        return search.Reason switch
        {
            StopReason.Converged =>
                ($"the mean gradient is within the tolerance ({gradient}); whether that is near the optimum was not checked: too many "
                + $"coefficients", ExitCode.Success),
            StopReason.Stalled =>
                ($"no float32 step along the descent direction is better (mean gradient {gradient}); whether that is near the optimum was "
                + $"not checked: too many coefficients", ExitCode.Success),
            StopReason.IterationLimit when settings.Optimizer == Optimizer.Sgd =>
                ($"all epochs are done (mean gradient {gradient})", ExitCode.Success),
            StopReason.IterationLimit => (
                $"not converged: the limit on passes came first (mean gradient {gradient}); raise --max-iterations", ExitCode.NotConverged),
            StopReason.SearchFailed =>
                ($"not converged: no step was found, and no optimum either (mean gradient {gradient}); a column may lose its digits in "
                + $"float32: subtract a constant from it", ExitCode.NotConverged),
            _ => ("stopped", ExitCode.Cancelled),
        };
    }

    private static string Columns(IReadOnlyList<int> columns, Datasets data)
    {
        var names = columns.Where(j => j < data.Columns).Select(j => data.Features[j]).ToArray();
        return names.Length switch
        {
            0 => "the intercept",
            1 => $"column {Message.List(names)}",
            _ => $"a combination of the columns {Message.List(names)}",
        };
    }
}
