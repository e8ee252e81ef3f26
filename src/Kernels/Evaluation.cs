namespace Kernels;

/// <summary>What one pass over observations found, beside the gradient or product that it wrote.</summary>
/// <param name="Loss">J, the sum over the rows or its mean; 0 for passes that have no loss.</param>
/// <param name="TotalWeight">Σ sᵢ over the rows that count: their number where they have no weights. Means are divided by it, unless it
/// is 0.</param>
/// <param name="SkippedRows">Rows that were left out because they contain NaN.</param>
public readonly record struct Evaluation(double Loss, double TotalWeight, long SkippedRows);
