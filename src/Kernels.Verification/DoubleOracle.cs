namespace Kernels.Verification;

/// <summary>The models in plain double loops, from the textbook formulas: shares no code with the library.</summary>
public static class DoubleOracle
{
    public enum Model
    {
        Logistic,
        Linear,
        Poisson,
    }

    public static double Margin(ReadOnlySpan<float> row, ReadOnlySpan<double> w)
    {
        var z = 0.0;
        for (var j = 0; j < row.Length; j++)
            z += row[j] * w[j];
        return w.Length > row.Length ? z + w[row.Length] : z;
    }

    public static double Mean(Model model, double z) => model switch
    {
        Model.Logistic => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z)),
        Model.Linear => z,
        _ => Math.Exp(z),
    };

    /// <summary>μ − y without the cancellation of σ(z) − 1.</summary>
    public static double Residual(Model model, double z, double y) =>
        model == Model.Logistic && z > 0
            ? (1 - y) - (Math.Exp(-z) / (1 + Math.Exp(-z)))
            : Mean(model, z) - y;

    public static double RowLoss(Model model, double z, double y) => model switch
    {
        Model.Logistic => z >= 0 ? ((1 - y) * z) + LogOnePlus(Math.Exp(-z)) : (-y * z) + LogOnePlus(Math.Exp(z)),
        Model.Linear => 0.5 * (z - y) * (z - y),
        _ => Math.Exp(z) - (y * z),
    };

    public static double Loss(Model model, in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<double> w)
    {
        var loss = 0.0;
        for (var i = 0; i < x.Rows; i++)
            loss += RowLoss(model, Margin(x.Row(i), w), y[i]);
        return loss;
    }

    public static double[] Gradient(Model model, in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<double> w)
    {
        var g = new double[w.Length];
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            var r = Residual(model, Margin(row, w), y[i]);
            for (var j = 0; j < row.Length; j++)
                g[j] += r * row[j];
            if (w.Length > row.Length)
                g[^1] += r;
        }

        return g;
    }

    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = values[i];
        return result;
    }

    // log(1 + e) with e's relative precision kept (Goldberg 1991, theorem 4).
    private static double LogOnePlus(double e)
    {
        var u = 1 + e;
        return u == 1 ? e : Math.Log(u) * e / (u - 1);
    }
}
