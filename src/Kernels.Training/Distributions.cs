namespace Kernels.Training;

/// <summary>Tails of the normal and of Student's distribution.</summary>
internal static class Distributions
{
    /// <summary>The normal distribution is below it with a probability of 0.975.</summary>
    internal const double NormalQuantile975 = 1.959963984540054;

    /// <summary>P(|Z| ≥ |z|) = Q(½, z²/2), the upper incomplete gamma function, by its series or its continued fraction (NIST Digital
    /// Library of Mathematical Functions, 8.11.4 and 8.9.2).</summary>
    internal static double NormalTails(double z)
    {
        var x = 0.5 * z * z;
        if (double.IsNaN(x))
            return double.NaN;
        if (x > 740)
            return 0;
        var factor = Math.Exp(-x) * Math.Sqrt(x / Math.PI);
        if (x < 1.5)
        {
            var (term, sum) = (2.0, 2.0);
            for (var k = 1; term > 1e-17 * sum; k++)
            {
                term *= x / (0.5 + k);
                sum += term;
            }

            return 1 - (factor * sum);
        }

        // Lentz's method for 1/(x + ½ − ½·1/(x + 2.5 − 1.5·2/(x + 4.5 − …))).
        var b = x + 0.5;
        var (c, d) = (1e300, 1 / b);
        var h = d;
        for (var k = 1; k < 500; k++)
        {
            var a = -k * (k - 0.5);
            b += 2;
            d = 1 / ((a * d) + b);
            c = b + (a / c);
            h *= c * d;
            if (Math.Abs((c * d) - 1) < 1e-16)
                break;
        }

        return factor * h;
    }

    /// <summary>P(|T| ≥ |t|) for Student's distribution: I(ν/(ν + t²); ν/2, ½).</summary>
    internal static double StudentTails(double t, double freedom) =>
        double.IsNaN(t) || !(freedom > 0)
            ? double.NaN
            : IncompleteBeta(0.5 * freedom, 0.5, freedom / (freedom + (t * t)), t * t / (freedom + (t * t)));

    /// <summary>What Student's distribution is below with the probability p &gt; ½, by bisection.</summary>
    internal static double StudentQuantile(double p, double freedom)
    {
        if (!(freedom > 0))
            return double.NaN;
        var (low, high) = (0.0, 2.0);
        while (StudentTails(high, freedom) > 2 * (1 - p))
            (low, high) = (high, 2 * high);
        while (true)
        {
            var middle = 0.5 * (low + high);
            if (middle <= low || middle >= high)
                return middle;
            if (StudentTails(middle, freedom) > 2 * (1 - p))
                low = middle;
            else
                high = middle;
        }
    }

    /// <summary>log Γ(x) for x &gt; 0: recurrence up to 12, then Stirling's series (NIST Digital Library of Mathematical Functions,
    /// 5.11.1).</summary>
    internal static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 12; x++)
            shift += Math.Log(x);
        var r = 1 / (x * x);
        var series =
            ((((((((((((-3617.0 / 122400) * r) + (1.0 / 156)) * r) - (691.0 / 360360)) * r) + (1.0 / 1188)) * r) - (1.0 / 1680)) * r)
            + (1.0 / 1260)) * r) - (1.0 / 360);
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (((series * r) + (1.0 / 12)) / x) - shift;
    }

    // The regularised incomplete beta function by its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22); y = 1
    // − x.
    private static double IncompleteBeta(double a, double b, double x, double y)
    {
        if (x <= 0)
            return 0;
        if (y <= 0)
            return 1;
        if (x > (a + 1) / (a + b + 2))
            return 1 - IncompleteBeta(b, a, y, x);
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(y))) / a;
        var (c, d) = (1.0, 1 / NotZero(1 - ((a + b) * x / (a + 1))));
        var h = d;
        for (var m = 1; m < 10_000; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            h *= c * d;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            h *= c * d;
            if (Math.Abs((c * d) - 1) < 1e-16)
                break;
        }

        return front * h;
    }

    private static double NotZero(double value) => Math.Abs(value) < 1e-300 ? 1e-300 : value;
}
