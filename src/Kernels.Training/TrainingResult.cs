namespace Kernels.Training;

/// <summary>The outcome of an optimisation.</summary>
/// <param name="Reason">Why it stopped.</param>
/// <param name="Iterations">Passes over X.</param>
/// <param name="Loss">The objective at the final weights: J and the penalties; NaN for <see cref="StopReason.Cancelled"/>, as it takes a
/// pass.</param>
/// <param name="GradientNorm">The largest component of the mean gradient at the last point where it was computed, in magnitude.</param>
/// <param name="Elapsed">Time spent in the iterations.</param>
/// <param name="Losses">The objective at the point of every pass, in order.</param>
/// <param name="SkippedRows">Rows that were left out because they contain NaN, where <see cref="Observations.RowsWithNaN"/> says
/// so.</param>
/// <param name="NonFiniteRow">The first row that contains NaN or ∞, for <see cref="StopReason.NonFinite"/>.</param>
public sealed record TrainingResult(
    StopReason Reason,
    int Iterations,
    double Loss,
    double GradientNorm,
    TimeSpan Elapsed,
    IReadOnlyList<double> Losses,
    long SkippedRows = 0,
    long? NonFiniteRow = null);
