namespace Kernels.Training;

/// <summary>The state of an optimiser after one pass over X.</summary>
/// <param name="Iteration">Passes so far, from 1.</param>
/// <param name="Loss">J at the point of this pass.</param>
/// <param name="GradientNorm">The largest component of |∇J|/N there.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct TrainingProgress(int Iteration, double Loss, double GradientNorm, TimeSpan Elapsed);
