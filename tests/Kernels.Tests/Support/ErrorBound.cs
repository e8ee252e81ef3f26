using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests.Support;

/// <summary>
/// The component-wise error bound of the gradient, in double: γ-style (Higham, 2nd ed., §3.1), from the order of
/// operations that ARITHMETIC.md fixes.
/// </summary>
public sealed class ErrorBound
{
    private const double U = 1.0 / (1 << 24);

    private ErrorBound(double[] guarantee, double[] unit, double[] exact)
    {
        Guarantee = guarantee;
        Unit = unit;
        Exact = exact;
    }

    /// <summary>What |ĝⱼ − gⱼ| may never exceed.</summary>
    public double[] Guarantee { get; }

    /// <summary>The same right-hand side with one rounding error for every γ: the unit of the LAPACK-style test ratio.</summary>
    public double[] Unit { get; }

    /// <summary>The gradient in double.</summary>
    public double[] Exact { get; }

    public static ErrorBound Of(Model model, in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights)
    {
        var w = Widen(weights);
        var (guarantee, unit) = (new double[w.Length], new double[w.Length]);

        // A dot product: ⌈d/16⌉ fused multiply-adds a lane, four folds, the intercept; of more than 256 columns, ⌈d/64⌉ and six folds.
        var marginDepth = Gamma(x.Columns <= 256 ? ((x.Columns + 15) / 16) + 5 : ((x.Columns + 63) / 64) + 7);

        // A sum over rows: a chain of 4, one addition a group in a slice of 1024, the last rounding from double.
        var sumDepth = Gamma(4 + ((Math.Min(x.Rows, 1024) + 3) / 4) + 1);
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            var z = Margin(row, w);
            var r = Math.Abs(Residual(model, z, y[i]));
            var size = x.HasIntercept ? Math.Abs(w[^1]) : 0;
            for (var j = 0; j < row.Length; j++)
                size += Math.Abs((double)row[j] * w[j]);

            var mean = Mean(model, z);
            var small = model == Model.Logistic ? Math.Min(mean, 1 - mean) : Math.Abs(mean);
            var slope = model switch
            {
                Model.Logistic => 0.25,
                Model.Linear => 1.0,
                _ => mean * Math.Exp(marginDepth * size),
            };

            // The mean is within one ulp, 1 − y and t − s are rounded.
            // 2⁻¹²⁶: smaller residuals are flushed
            var own = (model == Model.Linear ? 0 : 2 * U * small) + (U * r) + (model == Model.Logistic
                ? U * Math.Abs(1 - y[i]) * (y[i] is 0f or 1f ? 0 : 1)
                : 0) + (model == Model.Logistic ? 1.2e-38 : 1e-44);
            var rho = (slope * marginDepth * size) + own;
            var rhoUnit = (slope * U * size) + own;
            for (var j = 0; j < w.Length; j++)
            {
                var a = j < row.Length ? Math.Abs((double)row[j]) : 1.0;
                guarantee[j] += ((sumDepth * r) + ((1 + sumDepth) * rho)) * a;
                unit[j] += ((U * r) + rhoUnit) * a;
            }
        }

        return new(guarantee, unit, DoubleOracle.Gradient(model, x, y, w));
    }

    /// <summary>The largest |ĝⱼ − gⱼ| in units of <see cref="Unit"/>; fails when the guarantee is exceeded anywhere.</summary>
    public double Check(ReadOnlySpan<float> gradient, string what)
    {
        var worst = 0.0;
        for (var j = 0; j < gradient.Length; j++)
        {
            var error = Math.Abs(gradient[j] - Exact[j]);

            // The oracle's own error, and underflow in the products.
            var slack = (Unit[j] * 1e-6) + 1e-40;
            if (!(error <= Guarantee[j] + slack))
                Assert.Fail(
                    $"{what}: gradient[{j}] is {gradient[j]:R}, exactly {Exact[j]:R}; the error {error:E2} exceeds the bound "
                    + $"{Guarantee[j]:E2}");
            if (error > slack)
                worst = Math.Max(worst, error / Unit[j]);
        }

        return worst;
    }

    private static double Gamma(int k) => k * U / (1 - (k * U));
}
