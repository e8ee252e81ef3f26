using Kernels.Passes;

namespace Kernels;

/// <content>Gradient and Hessian in float64.</content>
public abstract partial class Glm<TLink>
{
    /// <summary>∇J(w) and ∇²J(w) = XᵀDX in float64, with J(w) and the deviance, in one read of X.</summary>
    /// <remarks>What <see cref="HessianAccumulator{TLink}"/> computes of all rows at once, with the same bits; its remarks say how, and
    /// with what error.</remarks>
    /// <param name="data">N rows.</param>
    /// <param name="weights">p weights: d, or d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">∇J(w), p; overwritten.</param>
    /// <param name="hessian">The lower triangle of ∇²J(w), row by row, p(p + 1)/2; overwritten.</param>
    /// <param name="centers">What is subtracted from the columns in float64, d; empty for nothing.</param>
    /// <param name="parallel">How many threads at most, on which scheduler, and when to stop; null for the calling thread.</param>
    /// <returns>Loss, deviance, total weight, rows skipped.</returns>
    /// <exception cref="ArgumentException">A span has another length, there are more weights than a packed Hessian can have (32,000), or
    /// an output overlaps an input or the other output.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was written.</exception>
    public static HessianEvaluation Hessian(
        in Observations data, ReadOnlySpan<double> weights, Span<double> gradient, Span<double> hessian,
        ReadOnlySpan<double> centers = default, ParallelOptions? parallel = null)
    {
        CheckSecondOrder(data, weights, gradient, hessian, centers);
        var sums = new HessianSums(weights, centers, data.X.Columns, firstRow: 0);
        Call.AddHessian<TLink>(data, sums, parallel);
        return sums.Total(gradient, hessian);
    }

    /// <summary>What <c>Hessian</c> computes with the products in float32: up to twice as fast, for the steps of a fit that is not near
    /// its optimum yet.</summary>
    /// <remarks>
    /// The columns less their centres are rounded to float32, as are w, the second derivatives and the residuals; products are summed in
    /// float32 over 64 rows, then over a slice of 1024, then in float64 along the tree. <c>HessianSingleErrorBound</c> says how far that
    /// may be off: for given margins less than 90·2⁻²⁴ of the sum of an element's terms' magnitudes. Loss and deviance are summed in
    /// float64, of float32 margins. The bits are the same on every width and any number of threads (ARITHMETIC.md, 13).
    /// </remarks>
    /// <param name="data">N rows.</param>
    /// <param name="weights">p weights: d, or d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">∇J(w), p; overwritten.</param>
    /// <param name="hessian">The lower triangle of ∇²J(w), row by row, p(p + 1)/2; overwritten.</param>
    /// <param name="centers">What is subtracted from the columns in float64, d; empty for nothing. Values that float32 holds are
    /// subtracted in float32, which gives the same bits and is faster.</param>
    /// <param name="parallel">How many threads at most, on which scheduler, and when to stop; null for the calling thread.</param>
    /// <returns>Loss, deviance, total weight, rows skipped.</returns>
    /// <exception cref="ArgumentException">A span has another length, there are more weights than a packed Hessian can have (32,000), or
    /// an output overlaps an input or the other output.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was written.</exception>
    public static HessianEvaluation HessianSingle(
        in Observations data, ReadOnlySpan<float> weights, Span<double> gradient, Span<double> hessian,
        ReadOnlySpan<double> centers = default, ParallelOptions? parallel = null)
    {
        var wide = Widened(weights);
        CheckSecondOrder(data, wide, gradient, hessian, centers);
        Guard.SecondOrder(data, weights, centers, gradient, hessian);
        var sums = new HessianSums(wide, centers, data.X.Columns, firstRow: 0, elementFloats: 1);
        Call.AddHessian<TLink>(data, sums, parallel);
        return sums.Total(gradient, hessian);
    }

    /// <summary>How far the gradient and the Hessian that <c>Hessian</c> computes may be from the exact ones, element by element, as long
    /// as nothing overflows.</summary>
    /// <remarks>
    /// With u = 2⁻⁵³, γ(k) = ku/(1 − ku), S = 1024 and v the row less its centres: the error of element (j, k) is at most
    /// Σᵢ |sᵢ|·(γ(4 + min(N, S) + ⌊log₂(N/S)⌋ + 1)·(Dᵢ + δᵢ) + δᵢ)·|vᵢⱼvᵢₖ|, where the margin's error ζᵢ
    /// = γ(⌈p/8⌉ + 5)·(Σⱼ|vᵢⱼwⱼ| + |oᵢ|) moves D by no more than δᵢ = D·(ζe^ζ + 16u), since |μ″| ≤ μ′ for
    /// all three links; for the gradient the same of |rᵢ| and |vᵢⱼ|. Higham, 2nd ed., §3.1. It takes N·p² operations of plain
    /// code: it is for tests and for audits.
    /// </remarks>
    /// <param name="data">N rows.</param>
    /// <param name="weights">p weights: d, or d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">The bound of each component, p; overwritten.</param>
    /// <param name="hessian">The bound of each element of the lower triangle, row by row, p(p + 1)/2; overwritten.</param>
    /// <param name="centers">As for <c>Hessian</c>.</param>
    /// <exception cref="ArgumentException">As for <c>Hessian</c>.</exception>
    public static void HessianErrorBound(
        in Observations data, ReadOnlySpan<double> weights, Span<double> gradient, Span<double> hessian,
        ReadOnlySpan<double> centers = default)
    {
        CheckSecondOrder(data, weights, gradient, hessian, centers);
        new HessianBound<TLink>(data, weights, centers, elementFloats: 2).Compute(gradient, hessian);
    }

    /// <summary>The same for <c>HessianSingle</c>.</summary>
    /// <remarks>
    /// With u = 2⁻²⁴ the formula of <c>HessianErrorBound</c> with γ(5 + min(N, 64) + ⌈min(N, S)/64⌉), ζᵢ = γ(⌈p/16⌉ +
    /// 5)·Σⱼ|vᵢⱼwⱼ|, and the few roundings that are float64.
    /// </remarks>
    /// <param name="data">N rows.</param>
    /// <param name="weights">p weights: d, or d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">The bound of each component, p; overwritten.</param>
    /// <param name="hessian">The bound of each element of the lower triangle, row by row, p(p + 1)/2; overwritten.</param>
    /// <param name="centers">As for <c>HessianSingle</c>.</param>
    /// <exception cref="ArgumentException">As for <c>HessianSingle</c>.</exception>
    public static void HessianSingleErrorBound(
        in Observations data, ReadOnlySpan<float> weights, Span<double> gradient, Span<double> hessian,
        ReadOnlySpan<double> centers = default)
    {
        var wide = Widened(weights);
        CheckSecondOrder(data, wide, gradient, hessian, centers);
        Guard.SecondOrder(data, weights, centers, gradient, hessian);
        new HessianBound<TLink>(data, wide, centers, elementFloats: 1).Compute(gradient, hessian);
    }

    private static void CheckSecondOrder(
        in Observations data, ReadOnlySpan<double> weights, ReadOnlySpan<double> gradient, ReadOnlySpan<double> hessian,
        ReadOnlySpan<double> centers)
    {
        if (weights.Length != data.X.Parameters)
            throw new ArgumentException($"The length of weights is {weights.Length}; data takes {data.X.Parameters}.", nameof(weights));
        Guard.SecondOrder(weights, centers, data.X.Columns);
        Guard.SecondOrder(weights.Length, gradient, hessian);
        Guard.SecondOrder(data, weights, centers, gradient, hessian);
    }

    private static double[] Widened(ReadOnlySpan<float> weights)
    {
        var wide = new double[weights.Length];
        for (var j = 0; j < wide.Length; j++)
            wide[j] = weights[j];
        return wide;
    }
}
