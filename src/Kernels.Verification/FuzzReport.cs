namespace Kernels.Verification;

/// <summary>What came of many random problems.</summary>
/// <param name="Problems">How many were looked at.</param>
/// <param name="Widths">The widths that were compared.</param>
/// <param name="LargestShare">The largest error of a gradient as a share of the bound that the library promises.</param>
/// <param name="Failure">The first that failed, made small; null where none did.</param>
public sealed record FuzzReport(long Problems, IReadOnlyList<string> Widths, double LargestShare, FuzzFailure? Failure);
