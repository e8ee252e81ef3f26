namespace Kernels.Verification;

/// <summary>A problem on which something is wrong.</summary>
/// <param name="Case">The smallest that was found.</param>
/// <param name="Fault">What is wrong there.</param>
public sealed record FuzzFailure(FuzzCase Case, string Fault);
