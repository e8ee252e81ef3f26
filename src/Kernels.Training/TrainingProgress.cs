namespace Kernels.Training;

/// <summary>The state of an optimiser after one pass over X.</summary>
/// <param name="Iteration">Passes so far, from 1.</param>
/// <param name="Loss">The objective at the point of this pass: J and the penalties.</param>
/// <param name="GradientNorm">The largest component of the mean gradient there, in magnitude.</param>
/// <param name="Step">The length of the step that led there, as a factor of the direction: α for gradient descent, 1 for a full Newton
/// step; 0 at the start.</param>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="RowsPerSecond">Rows read a second, since the start.</param>
public readonly record struct TrainingProgress(int Iteration, double Loss, double GradientNorm, double Step, TimeSpan Elapsed,
    double RowsPerSecond);
