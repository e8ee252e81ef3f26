namespace Kernels.Links;

/// <summary>Residual and second derivative of a row in float64, and how far what <see cref="ILink.InDouble"/> computes may be from
/// them.</summary>
/// <param name="Residual">μ − y.</param>
/// <param name="ResidualError">Of it.</param>
/// <param name="Derivative">μ′.</param>
/// <param name="DerivativeError">Of it.</param>
internal readonly record struct RowBound(double Residual, double ResidualError, double Derivative, double DerivativeError)
{
    /// <summary>More than the relative error of E (ARITHMETIC.md, 12), and of what is made of it by a division and an fma.</summary>
    internal const double Mean = 16 * Rounding.DoubleUnit;

    /// <summary>More than e⁻⁷⁰⁸, where E ends.</summary>
    internal const double Smallest = 3.4e-308;

    /// <summary>e^ζ − 1 ≤ ζ·e^ζ: |μ″| ≤ μ′, so the margin's error ζ moves ln μ′ by no more than ζ.</summary>
    internal static double Growth(double marginError) => marginError * Math.Exp(marginError);
}
