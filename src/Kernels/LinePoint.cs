namespace Kernels;

/// <summary>The objective at a point of a line w + t·d.</summary>
/// <param name="Loss">J(w + t·d), the sum over the rows.</param>
/// <param name="Slope">dJ/dt there: ∇J·d.</param>
public readonly record struct LinePoint(double Loss, double Slope);
