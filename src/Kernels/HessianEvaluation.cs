namespace Kernels;

/// <summary>What a float64 pass finds beside the gradient and the Hessian.</summary>
/// <param name="Loss">J(w).</param>
/// <param name="Deviance">Σ sᵢ·dᵢ: the unit deviances, each taken by itself. Twice J less that of the saturated model.</param>
/// <param name="TotalWeight">Σ sᵢ over the rows that count: their number where they have no weights.</param>
/// <param name="Rows">Rows seen, those skipped included.</param>
/// <param name="SkippedRows">Rows that were left out because they contain NaN.</param>
public readonly record struct HessianEvaluation(double Loss, double Deviance, double TotalWeight, long Rows, long SkippedRows);
