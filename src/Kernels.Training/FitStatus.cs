namespace Kernels.Training;

/// <summary>What a fit found: whether its coefficients are an optimum, and if not, why.</summary>
public enum FitStatus
{
    /// <summary>The optimum: one more Newton step would move no combination of coefficients by more than the tolerance, in standard
    /// errors.</summary>
    Optimum,

    /// <summary>The optimum, after columns were left out that are linear combinations of the ones before: <see cref="FitResult.Aliased"/>.
    /// Their coefficients are 0.</summary>
    Collinear,

    /// <summary>As close as float64 rounding allows, which is not as close as was asked for: <see cref="FitResult.Decrement"/> says how
    /// close.</summary>
    Rounding,

    /// <summary>The limit on passes was reached before the optimum.</summary>
    IterationLimit,

    /// <summary>There is no optimum: along a combination of columns (<see cref="FitResult.Separating"/>) the likelihood rises for
    /// ever.</summary>
    Separated,

    /// <summary>There is no optimum: all labels are of one class, or all counts are 0, so the intercept has no bound. No coefficient was
    /// fitted.</summary>
    ConstantTarget,

    /// <summary>No row counts: there is none, all weights are 0, or all rows were skipped. No coefficient was fitted.</summary>
    NoRows,

    /// <summary>A row contains NaN or ∞: <see cref="FitResult.NonFiniteRow"/>. No coefficient was fitted.</summary>
    NonFinite,

    /// <summary>The deviance overflows wherever the search went.</summary>
    Diverged,

    /// <summary>The caller cancelled; the coefficients are those of the last finished step.</summary>
    Cancelled,
}
