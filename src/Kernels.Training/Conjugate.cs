using Kernels.Links;

namespace Kernels.Training;

/// <summary>The convex conjugates ℓ*(β) = sup_z(βz − ℓ(z, y)) of the row losses, in float64.</summary>
internal static class Conjugate<TLink>
    where TLink : struct, ILink
{
    internal static double Mean(double z)
    {
        if (typeof(TLink) == typeof(Logit))
            return z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));
        return typeof(TLink) == typeof(Log) ? Math.Exp(z) : z;
    }

    /// <summary>
    /// ℓ(z, y) + ℓ*(β) − βz ≥ 0. With p = β + y the mean that β stands for, it is the divergence of p from μ(z): logit
    /// p·log(p/μ) + (1 − p)·log((1 − p)/(1 − μ)), log p·log(p/μ) − p + μ, identity ½(p − μ)².
    /// </summary>
    internal static double Gap(double z, double beta, double y)
    {
        var p = beta + y;
        if (double.IsNaN(z) || double.IsNaN(p))
            return double.NaN;
        double gap;
        if (typeof(TLink) == typeof(Logit))
        {
            // A rounding may take p out of [0, 1] where y itself is not.
            if (y is < 0 or > 1)
                return double.PositiveInfinity;
            p = Math.Clamp(p, 0, 1);
            gap = Softplus(z) - (p * z) + LogTimes(p) + LogTimes(1 - p);
        }
        else if (typeof(TLink) == typeof(Log))
        {
            if (y < 0)
                return double.PositiveInfinity;
            p = Math.Max(p, 0);
            gap = Math.Exp(z) - (p * z) + LogTimes(p) - p;
        }
        else
        {
            gap = 0.5 * (p - z) * (p - z);
        }

        return gap < 0 ? 0 : gap;
    }

    // p·log p, 0 for 0.
    private static double LogTimes(double p) => p > 0 ? p * Math.Log(p) : 0;

    // log(1 + eᶻ).
    private static double Softplus(double z) => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
}
