using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Training;

/// <summary>How far from the optimum some weights are at most: a certificate that needs no optimum to compare with.</summary>
public static class DualityGap
{
    /// <summary>
    /// The gap between P(w) = Σ sᵢ·ℓ(zᵢ, yᵢ) + ½λΣwⱼ² + λ₁Σ|wⱼ| and a dual value that no P is below: P(w) − min P
    /// ≤ gap.
    /// </summary>
    /// <remarks>
    /// <para>Fenchel's dual (Boyd and Vandenberghe, Convex Optimization, §5.7; Kim, Koh, Lustig, Boyd and Gorinevsky, IEEE Journal of
    /// Selected Topics in Signal Processing 1, 2007) at αᵢ = sᵢ(μᵢ − yᵢ), made feasible: the residuals of one sign are scaled
    /// so that they sum to 0 where there is an intercept, and without L2 all of them so that |Xᵀα|ⱼ ≤ λ₁. Every row and every
    /// weight has a term ℓ + ℓ* − αz ≥ 0 (Fenchel's inequality); the gap is their sum, so it is not negative by rounding either.
    /// In float64, two passes over X, off the hot path.</para>
    /// <para>Without any penalty the dual point must have Xᵀα = 0, which no rounded one has: the gap is then ∞ unless the gradient is
    /// exactly 0. It is also ∞ where a target is outside the model's range (logit: 0 to 1; log: not negative).</para>
    /// </remarks>
    /// <typeparam name="TLink"><see cref="Logit"/>, <see cref="Identity"/> or <see cref="Log"/>.</typeparam>
    /// <param name="data">Rows, targets, weights and offsets; weights are not negative.</param>
    /// <param name="weights">w.</param>
    /// <param name="l2">λ; the intercept is not penalised.</param>
    /// <param name="l1">λ₁.</param>
    /// <returns>The gap, for J the sum over the rows; NaN if the data contain NaN that is not skipped.</returns>
    /// <exception cref="ArgumentException"><paramref name="weights"/> has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A penalty is negative or not finite.</exception>
    public static double Of<TLink>(in Observations data, ReadOnlySpan<float> weights, double l2 = 0, double l1 = 0)
        where TLink : struct, ILink
    {
        var penalties = new GradientDescentOptions { L2 = l2, L1 = l1 };
        Check.Length(weights, data.X.Parameters);
        penalties.Validate();
        var x = data.X;
        var (margins, duals, correlations) = (new double[x.Rows], new double[x.Rows], new double[x.Parameters]);
        for (var i = 0; i < x.Rows; i++)
        {
            if (!Counts(data, i))
                continue;
            margins[i] = MarginOf(data, weights, i);
            duals[i] = WeightOf(data, i) * (Conjugate<TLink>.Mean(margins[i]) - data.Targets[i]);
        }

        if (x.HasIntercept)
            Balance(duals);
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            for (var j = 0; j < row.Length && duals[i] != 0; j++)
                correlations[j] += duals[i] * row[j];
        }

        var scale = 1.0;
        var largest = Vectors.LargestMagnitude(correlations);
        if (l2 == 0 && largest > l1)
            scale = l1 / largest;
        if (scale == 0 && largest > 0)
            return double.PositiveInfinity;

        var gap = 0.0;
        for (var i = 0; i < x.Rows; i++)
        {
            if (Counts(data, i))
                gap += WeightOf(data, i) * Conjugate<TLink>.Gap(margins[i], scale * duals[i] / WeightOf(data, i), data.Targets[i]);
        }

        for (var j = 0; j < x.Columns; j++)
            gap += PenaltyGap(weights[j], scale * correlations[j], l2, l1);
        return gap;
    }

    // ½λw² + λ₁|w| + max(|u| − λ₁, 0)²/(2λ) + u·w; without L2 the third term is 0 within the box.
    private static double PenaltyGap(double w, double u, double l2, double l1)
    {
        var beyond = Math.Max(Math.Abs(u) - l1, 0);
        var conjugate = l2 > 0 ? beyond * beyond / (2 * l2) : 0;
        var gap = (0.5 * l2 * w * w) + (l1 * Math.Abs(w)) + conjugate + (u * w);
        return gap < 0 ? 0 : gap;
    }

    // Scales the side with the larger sum, so that the sum is 0 and every dual stays between 0 and its residual.
    private static void Balance(double[] duals)
    {
        var (positive, negative) = (0.0, 0.0);
        foreach (var dual in duals)
        {
            if (dual > 0)
                positive += dual;
            else
                negative -= dual;
        }

        for (var i = 0; i < duals.Length; i++)
        {
            if (duals[i] > 0 && positive > negative)
                duals[i] *= negative / positive;
            else if (duals[i] < 0 && negative > positive)
                duals[i] *= positive / negative;
        }
    }

    private static double WeightOf(in Observations data, int row) => data.SampleWeights.IsEmpty ? 1 : data.SampleWeights[row];

    private static bool Counts(in Observations data, int row)
    {
        var weight = WeightOf(data, row);
        if (weight == 0 || data.RowsWithNaN == RowsWithNaN.Propagate)
            return weight != 0;
        if (double.IsNaN(weight) || float.IsNaN(data.Targets[row]) || (!data.Offset.IsEmpty && float.IsNaN(data.Offset[row])))
            return false;
        foreach (var value in data.X.Row(row))
        {
            if (float.IsNaN(value))
                return false;
        }

        return true;
    }

    private static double MarginOf(in Observations data, ReadOnlySpan<float> weights, int row)
    {
        var x = data.X.Row(row);
        var z = data.X.HasIntercept ? (double)weights[^1] : 0;
        for (var j = 0; j < x.Length; j++)
            z += (double)x[j] * weights[j];
        return data.Offset.IsEmpty ? z : z + data.Offset[row];
    }
}
