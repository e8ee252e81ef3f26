namespace Kernels;

/// <summary>The outcome of a gradient-descent step.</summary>
/// <param name="Loss">J at the weights before the step.</param>
/// <param name="Applied"> Whether the weights were updated. False when the gradient or a new weight would not be finite (NaN or ∞ in the
/// data, or a learning rate that overflows): then every weight is as it was.
/// </param>
/// <param name="SkippedRows">Rows that were left out because they contain NaN, where <see cref="Observations.RowsWithNaN"/> says
/// so.</param>
public readonly record struct StepResult(double Loss, bool Applied, long SkippedRows = 0);
