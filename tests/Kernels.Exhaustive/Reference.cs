namespace Kernels.Exhaustive;

/// <summary>
/// The functions in double. The C libraries document Math.Exp and Math.Log to within an ulp, 2⁻⁵², and each formula adds a few
/// roundings of 2⁻⁵³: below 2⁻⁵⁰ in all. The tests check that against decimal arithmetic at random points.
/// </summary>
public static class Reference
{
    // Below, eˣ is less than 2⁻¹⁷³; |x| less than Tiny, the second term of the series is.
    private const double Large = 120;
    private const double Tiny = 1e-13;

    /// <summary>The argument below which the library's sigmoid is 0 by contract; σ of it is the smallest normal float.</summary>
    public const double SigmoidFlush = -87.3365402f;

    public static double Sigmoid(double x) => x switch
    {
        < SigmoidFlush => 0,
        > Large => 1,
        > -Tiny and < Tiny => 0.5 + (x / 4),
        < 0 => Math.Exp(x) / (1 + Math.Exp(x)),
        _ => 1 / (1 + Math.Exp(-x)),
    };

    public static double Exp(double x) => x switch
    {
        < -Large => 0,
        > -Tiny and < Tiny => 1 + x,
        _ => Math.Exp(x),
    };

    public static double Softplus(double x) => x switch
    {
        < -Large => 0,
        > Large => x,
        > -Tiny and < Tiny => Math.Log(2) + (x / 2),
        _ => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))),
    };

    // Goldberg, What Every Computer Scientist Should Know About Floating-Point Arithmetic, theorem 4.
    private static double LogOnePlus(double e)
    {
        var u = 1 + e;
        return u == 1 ? e : Math.Log(u) * e / (u - 1);
    }
}
