namespace Kernels.Training;

/// <summary>What a model file says of the fit that the model came from.</summary>
/// <param name="Status">A member of <see cref="FitStatus"/>, or the name of an optimiser whose result was not checked.</param>
/// <param name="Decrement">How far one more Newton step would have moved the coefficients, in standard errors.</param>
/// <param name="Rows">Rows that counted.</param>
/// <param name="Deviance">The deviance there.</param>
/// <param name="NullDeviance">That of the intercept alone.</param>
/// <param name="Dispersion">φ.</param>
/// <param name="StandardErrors">One a weight, null where there is none; null without errors.</param>
public sealed record ModelFit(
    string Status, double? Decrement, long Rows, double? Deviance, double? NullDeviance, double? Dispersion,
    IReadOnlyList<double?>? StandardErrors);

/// <summary>The penalties of a fit.</summary>
/// <param name="L1">λ₁.</param>
/// <param name="L2">λ₂.</param>
/// <param name="Standardize">Whether they are of standardised columns.</param>
public sealed record ModelPenalty(double L1, double L2, bool Standardize);
