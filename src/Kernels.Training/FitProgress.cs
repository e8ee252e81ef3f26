namespace Kernels.Training;

/// <summary>The state of a fit after a pass over X.</summary>
/// <param name="Pass">Passes so far, from 1.</param>
/// <param name="Deviance">The deviance at the point of this pass; NaN where it took the gradient alone, in float32.</param>
/// <param name="Decrement">The Newton decrement there, in standard errors; NaN where it is not known yet.</param>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="RowsPerSecond">Rows read a second, since the start.</param>
public readonly record struct FitProgress(int Pass, double Deviance, double Decrement, TimeSpan Elapsed, double RowsPerSecond);
