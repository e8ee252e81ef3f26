using System.Diagnostics;
using Kernels.Links;
using Kernels.Training.Fits;

namespace Kernels.Training;

/// <summary>
/// Fits a generalised linear model and says what it found: the optimum whatever the units of the columns, with standard errors, or in one
/// word why there is none.
/// </summary>
/// <remarks>
/// <para>Newton's method in float64 on the float32 rows, in coordinates without units (columns less their means, by their deviations;
/// X is not copied): some five to ten passes over X for what gradient descent does in thousands. Most take XᵀDX, so time goes with N·p²
/// and memory with p²; up to some thousand parameters. Of larger data some take the gradient alone, in float32; what they lead to is
/// looked at in float64. With λ₁ it is proximal Newton.</para>
/// <para>The same bits on every machine and any number of threads, as far as its own sums go; logarithms of the likelihood's constants
/// and p-values come from the platform.</para>
/// </remarks>
public static class Fitter
{
    /// <summary>Fits a model to rows in one span.</summary>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="options">Penalties and stopping rules; null for the defaults.</param>
    /// <param name="start">Where to begin, in the columns' own units, the intercept last; empty for the model of the intercept
    /// alone.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the coefficients are those of the last finished step.</param>
    /// <returns>The coefficients, their errors, and what they are.</returns>
    /// <exception cref="ArgumentException">A sample weight is negative, a target is out of the model's range, or <paramref name="start"/>
    /// has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static FitResult Fit<TLink>(
        in Observations data,
        FitOptions? options = null,
        ReadOnlySpan<double> start = default,
        Action<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        options.Validate();
        return Run(new FitData<TLink>(data, options.Parallel(cancellationToken)), options, start, progress, cancellationToken);
    }

    /// <summary>What <c>Fit</c> does, over blocks: for data that are not one span. The coefficients have the same bits.</summary>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets, read piece by piece in every pass.</param>
    /// <param name="options">As for one span; null for the defaults.</param>
    /// <param name="start">As for one span.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Stops, within a pass too; the coefficients are those of the last finished step.</param>
    /// <returns>The coefficients, their errors, and what they are.</returns>
    /// <exception cref="ArgumentException">The data's shape makes no sense, or as for one span.</exception>
    /// <exception cref="InvalidOperationException"><see cref="ObservationBlocks.Read"/> returned no rows, or more than asked
    /// for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static FitResult FitBlocks<TLink>(
        ObservationBlocks data,
        FitOptions? options = null,
        ReadOnlySpan<double> start = default,
        Action<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        options.Validate();
        Check.Shape(data);
        return Run(new FitData<TLink>(data, options.Parallel(cancellationToken)), options, start, progress, cancellationToken);
    }

    /// <summary>What <c>Fit</c> does, over shards elsewhere. The coefficients have the same bits.</summary>
    /// <typeparam name="TLink">The model's link.</typeparam>
    /// <param name="data">What is asked for sums of the rows, several times in every pass of a fit.</param>
    /// <param name="options">As for one span, but for the threads: those are whoever answers.</param>
    /// <param name="start">As for one span.</param>
    /// <param name="progress">Called after every pass.</param>
    /// <param name="cancellationToken">Handed to every question; the coefficients are those of the last finished step.</param>
    /// <returns>The coefficients, their errors, and what they are.</returns>
    /// <exception cref="ArgumentException">The data's shape makes no sense, or as for one span.</exception>
    /// <exception cref="InvalidDataException">An answer is none to the question, or not of all rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static FitResult FitShards<TLink>(
        ObservationShards data,
        FitOptions? options = null,
        ReadOnlySpan<double> start = default,
        Action<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where TLink : struct, ILink
    {
        options ??= new();
        options.Validate();
        Check.Shape(data);
        return Run(new FitData<TLink>(data, options.Parallel(cancellationToken)), options, start, progress, cancellationToken);
    }

    private static FitResult Run<TLink>(
        in FitData<TLink> data, FitOptions options, ReadOnlySpan<double> start, Action<FitProgress>? progress,
        CancellationToken cancellation)
        where TLink : struct, ILink
    {
        var p = data.Parameters;
        if (!start.IsEmpty && start.Length != p)
            throw new ArgumentException($"The length of start is {start.Length}; the data take {p}.", nameof(start));
        var clock = Stopwatch.StartNew();
        var nothing = new FitResult
        {
            Status = FitStatus.Cancelled,
            Coefficients = start.IsEmpty ? new double[p] : start.ToArray(),
            StandardErrors = [],
            Covariance = [],
            Passes = 1,
        };
        NewtonFit<TLink>? fit = null;
        ColumnScan? scan = null;
        var deviance = double.NaN;
        try
        {
            scan = ColumnScan.Of(data);
            var status = Impossible<TLink>(scan, data.HasIntercept);
            if (status is null)
            {
                (var intercept, deviance) = NullModel.Of(data, scan);
                var (sampled, hessian, passes) = start.IsEmpty ? SampleStart.Of(data, scan, options, intercept, deviance) : ([], [], 0);
                fit = new(options, scan, data.HasIntercept, clock, progress) { SampleHessian = hessian, Passes = 1 + passes };
                status = fit.Run(data, start.IsEmpty ? sampled : fit.Coordinates.FromRaw(start), intercept, deviance);
                return Outcome.Of(status.Value, data, fit, scan, options, deviance) with { Elapsed = clock.Elapsed };
            }

            return nothing with
            {
                Status = status.Value,
                NonFiniteRow = scan.NonFiniteRow,
                SkippedRows = scan.SkippedRows,
                Elapsed = clock.Elapsed,
            };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var stopped = fit is null || scan is null ? nothing : Outcome.Of(FitStatus.Cancelled, data, fit, scan, options, deviance);
            return stopped with { Elapsed = clock.Elapsed };
        }
    }

    // Why no search is needed; null to search.
    private static FitStatus? Impossible<TLink>(ColumnScan scan, bool hasIntercept)
        where TLink : struct, ILink
    {
        if (scan.NonFiniteRow is not null)
            return FitStatus.NonFinite;
        if (scan.CountedRows == 0)
            return FitStatus.NoRows;
        var isConstant = typeof(TLink) == typeof(Logit)
            ? scan.LargestTarget == 0 || scan.SmallestTarget == 1
            : typeof(TLink) == typeof(Log) && scan.LargestTarget == 0;
        return isConstant && hasIntercept ? FitStatus.ConstantTarget : null;
    }
}
