namespace Kernels.Training;

/// <summary>A coefficient with its errors.</summary>
/// <param name="Estimate">The coefficient, in the units of the column.</param>
/// <param name="StandardError">Of the estimate; NaN where there is none.</param>
/// <param name="Statistic">Estimate by standard error: z, or t where the dispersion was estimated.</param>
/// <param name="PValue">The probability of a statistic at least as far from 0, if the true coefficient is 0.</param>
/// <param name="Lower">The lower end of the 95 % interval (Wald).</param>
/// <param name="Upper">The upper end.</param>
public readonly record struct Coefficient(double Estimate, double StandardError, double Statistic, double PValue, double Lower,
    double Upper);
