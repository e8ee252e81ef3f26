namespace Kernels.Training;

/// <summary>A fitted model with its errors, and what was checked of it.</summary>
public sealed record FitResult
{
    /// <summary>What the coefficients are.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>The coefficients in the columns' own units, the intercept last.</summary>
    public required IReadOnlyList<double> Coefficients { get; init; }

    /// <summary>Their standard errors; empty where they do not apply: with a penalty, or without an optimum. NaN for a column left
    /// out.</summary>
    public required IReadOnlyList<double> StandardErrors { get; init; }

    /// <summary>The covariance of the coefficients, the lower triangle row by row; empty where there are no errors.</summary>
    public required IReadOnlyList<double> Covariance { get; init; }

    /// <summary>Coefficients with error, statistic, p and interval; NaN where there are no errors.</summary>
    public IReadOnlyList<Coefficient> Summary =>
        [.. Coefficients.Select((estimate, j) => Of(estimate, StandardErrors.Count > j ? StandardErrors[j] : double.NaN))];

    /// <summary>Columns left out because they are linear combinations of columns before them; ascending.</summary>
    public IReadOnlyList<int> Aliased { get; init; } = [];

    /// <summary>For <see cref="FitStatus.Separated"/>: the columns of the combination along which the likelihood rises for ever, the
    /// intercept's number being that of the columns.</summary>
    public IReadOnlyList<int> Separating { get; init; } = [];

    /// <summary>Columns that lost digits before they came here: whose float32 spacing is more than a thousandth of their standard
    /// deviation.</summary>
    public IReadOnlyList<RoundedColumn> Rounded { get; init; } = [];

    /// <summary>The columns' means over the rows that count; empty where none was looked at.</summary>
    public IReadOnlyList<double> Means { get; init; } = [];

    /// <summary>Their standard deviations.</summary>
    public IReadOnlyList<double> Deviations { get; init; } = [];

    /// <summary>Rows that counted: of a weight other than 0, and not skipped.</summary>
    public long Rows { get; init; }

    /// <summary>Σ of the rows' own deviances.</summary>
    public double Deviance { get; init; } = double.NaN;

    /// <summary>The deviance of the model with nothing but the intercept and the offset.</summary>
    public double NullDeviance { get; init; } = double.NaN;

    /// <summary>The logarithm of the likelihood, its constants included; R's <c>logLik</c>.</summary>
    public double LogLikelihood { get; init; } = double.NaN;

    /// <summary>Akaike's criterion: 2·(parameters − log-likelihood); the dispersion of a linear model is a parameter.</summary>
    public double Aic { get; init; } = double.NaN;

    /// <summary>φ: 1 for logit and log; for the identity link the deviance by the residual degrees of freedom.</summary>
    public double Dispersion { get; init; } = double.NaN;

    /// <summary>Whether φ was estimated, so that statistics are t instead of z.</summary>
    public bool IsDispersionEstimated { get; init; }

    /// <summary>Rows of a weight other than 0, less the coefficients fitted.</summary>
    public long DegreesOfFreedom { get; init; }

    /// <summary>The same of the null model.</summary>
    public long NullDegreesOfFreedom { get; init; }

    /// <summary>How far one more Newton step would move any combination of coefficients, in its standard errors.</summary>
    public double Decrement { get; init; } = double.NaN;

    /// <summary>½ of the deviance and the penalties: what was minimised.</summary>
    public double Objective { get; init; } = double.NaN;

    /// <summary>Passes over X, from the first look at the columns to the errors.</summary>
    public int Passes { get; init; }

    /// <summary>The objective at every accepted point, in order.</summary>
    public IReadOnlyList<double> History { get; init; } = [];

    /// <summary>Rows left out because they contain NaN.</summary>
    public long SkippedRows { get; init; }

    /// <summary>The first row that contains NaN or ∞, for <see cref="FitStatus.NonFinite"/>.</summary>
    public long? NonFiniteRow { get; init; }

    /// <summary>Time spent.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether the coefficients are an optimum.</summary>
    public bool IsOptimum => Status is FitStatus.Optimum or FitStatus.Collinear or FitStatus.Rounding;

    /// <summary>The result for the columns as they were, where constants had been subtracted from them in float64 before the fit: the
    /// intercept and its covariances change, and the means.</summary>
    /// <param name="constants">One a column; null for none.</param>
    /// <returns>The result in the columns' own units.</returns>
    /// <exception cref="ArgumentException">There is another number of them, or the model has no intercept.</exception>
    public FitResult Shifted(IReadOnlyList<double>? constants)
    {
        if (constants is null)
            return this;
        var p = Coefficients.Count;
        if (constants.Count != p - 1)
            throw new ArgumentException($"There are {constants.Count} constants for {p} coefficients, the last of which is the intercept.",
                nameof(constants));
        var covariance = Fits.Coordinates.MoveIntercept(Covariance, constants);
        var errors = StandardErrors.ToArray();
        if (errors.Length > 0)
            errors[^1] = Math.Sqrt(covariance[^1]);
        return this with
        {
            Coefficients =
                [.. Coefficients.SkipLast(1), Coefficients[^1] - constants.Zip(Coefficients, (constant, w) => constant * w).Sum()],
            Covariance = covariance,
            StandardErrors = errors,
            Means = [.. Means.Zip(constants, (mean, constant) => mean + constant)],
        };
    }

    private Coefficient Of(double estimate, double error)
    {
        if (!(error > 0))
            return new(estimate, error, double.NaN, double.NaN, double.NaN, double.NaN);
        var statistic = estimate / error;
        var reach = error
            * (IsDispersionEstimated ? Distributions.StudentQuantile(0.975, DegreesOfFreedom) : Distributions.NormalQuantile975);
        var p = IsDispersionEstimated ? Distributions.StudentTails(statistic, DegreesOfFreedom) : Distributions.NormalTails(statistic);
        return new(estimate, error, statistic, p, estimate - reach, estimate + reach);
    }
}

/// <summary>A column whose values are near each other in float32.</summary>
/// <param name="Column">Which one.</param>
/// <param name="Spacing">The float32 spacing at its largest value.</param>
/// <param name="Deviation">Its standard deviation.</param>
public readonly record struct RoundedColumn(int Column, double Spacing, double Deviation);
