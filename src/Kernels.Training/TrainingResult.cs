namespace Kernels.Training;

/// <summary>The outcome of an optimisation.</summary>
/// <param name="Reason">Why it stopped.</param>
/// <param name="Iterations">Passes over X.</param>
/// <param name="Loss">J at the final weights.</param>
/// <param name="GradientNorm">The largest component of |∇J|/N at the last point where it was computed.</param>
/// <param name="Elapsed">Time spent in the iterations.</param>
public sealed record TrainingResult(StopReason Reason, int Iterations, double Loss, double GradientNorm, TimeSpan Elapsed);
