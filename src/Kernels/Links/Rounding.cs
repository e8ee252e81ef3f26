namespace Kernels.Links;

/// <summary>The constants of rounding, for error bounds.</summary>
internal static class Rounding
{
    /// <summary>u = 2⁻²⁴: the largest relative error of one rounding.</summary>
    internal const double Unit = 1.0 / (1 << 24);

    /// <summary>2⁻⁵³: the same of float64.</summary>
    internal const double DoubleUnit = 1.0 / (1L << 53);

    /// <summary>2⁻¹⁴⁹: more than the error of a rounding in the subnormal range.</summary>
    internal const double Underflow = 1.4012984643248171e-45;

    /// <summary>2⁻¹²⁶: the smallest normal float.</summary>
    internal const double SmallestNormal = 1.1754943508222875e-38;

    /// <summary>γ(k) = ku/(1 − ku) bounds the relative error of k roundings (Higham, Accuracy and Stability of Numerical Algorithms, 2nd
    /// ed., lemma 3.1).</summary>
    internal static double Gamma(long k) => Gamma(k, Unit);

    /// <summary>γ(k) for another unit.</summary>
    internal static double Gamma(long k, double unit) => k * unit / (1 - (k * unit));
}
