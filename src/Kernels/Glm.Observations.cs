using Kernels.Links;
using Kernels.Passes;
using Kernels.Rows;

namespace Kernels;

/// <content>Rows with weights, offsets or NaN; second derivatives. On one thread, or on several where options are given.</content>
public abstract partial class Glm<TLink>
{
    /// <summary>The negative log-likelihood J(w) = Σ sᵢ·loss(zᵢ, yᵢ), z = Xw + b + offset.</summary>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="reduction">The sum over the rows, or its mean: divided by Σ sᵢ.</param>
    /// <param name="l2">λ in the penalty ½·λ·Σwⱼ² that is added after the reduction; finite and not negative. The intercept is not
    /// penalised.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <returns>J with the penalty, the total weight, and the rows skipped.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Evaluation Loss(
        in Observations data, ReadOnlySpan<float> weights, Reduction reduction = Reduction.Sum, float l2 = 0f,
        ParallelOptions? parallel = null)
    {
        Guard.Weights(data.X, weights);
        Guard.Reduction(reduction);
        Guard.Penalty(l2);
        return data.SampleWeights.IsEmpty
            ? Evaluate<LossPass<TLink>>(data, weights, default, default, reduction, l2, parallel)
            : Evaluate<LossPass<Weighted<TLink>>>(data, weights, default, default, reduction, l2, parallel);
    }

    /// <summary>The gradient ∇J(w) = Xᵀ(s ∘ (μ(z) − y)), z = Xw + b + offset, and J(w) from the same pass.</summary>
    /// <remarks>
    /// Where every weight is 1 the gradient has the bits of the one without weights; the loss is summed row by row in float64 instead of by
    /// products (ARITHMETIC.md, 8) and may differ in its last digits. Where no row contains NaN, <see cref="RowsWithNaN.Skip"/> changes no
    /// bit.
    /// </remarks>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">Overwritten: as long as <paramref name="weights"/>; may not overlap any input.</param>
    /// <param name="reduction">The sum over the rows, or its mean; of the loss and of the gradient.</param>
    /// <param name="l2">λ in the penalty ½·λ·Σwⱼ² that is added after the reduction; finite and not negative. The intercept is not
    /// penalised.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <returns>J with the penalty, the total weight, and the rows skipped.</returns>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="gradient"/> overlaps an input.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="gradient"/> is as it was.</exception>
    public static Evaluation Gradient(
        in Observations data, ReadOnlySpan<float> weights, Span<float> gradient, Reduction reduction = Reduction.Sum, float l2 = 0f,
        ParallelOptions? parallel = null)
    {
        Guard.Weights(data.X, weights);
        Guard.Written(data, weights, gradient, nameof(gradient));
        Guard.Reduction(reduction);
        Guard.Penalty(l2);
        return data.SampleWeights.IsEmpty
            ? Evaluate<GradientPass<TLink>>(data, weights, default, gradient, reduction, l2, parallel)
            : Evaluate<GradientPass<Weighted<TLink>>>(data, weights, default, gradient, reduction, l2, parallel);
    }

    /// <summary>The gradient-descent step w ← w − α·∇J(w), in place.</summary>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last. Updated; may not overlap the data.</param>
    /// <param name="learningRate">α, finite and not negative.</param>
    /// <param name="reduction">Whether J is the sum over the rows or its mean.</param>
    /// <param name="l2">λ in the penalty ½·λ·Σwⱼ² that is added after the reduction; finite and not negative. The intercept is not
    /// penalised.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <returns>J with the penalty before the step, whether the step was applied, and the rows skipped. If the gradient or a new weight is
    /// not finite, no weight changes.</returns>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> or <paramref name="l2"/> is negative, ∞ or
    /// NaN.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="weights"/> are as they were.</exception>
    public static StepResult Step(
        in Observations data, Span<float> weights, float learningRate, Reduction reduction = Reduction.Sum, float l2 = 0f,
        ParallelOptions? parallel = null)
    {
        Guard.Weights(data.X, weights);
        Guard.NoOverlap(weights, data, nameof(weights));
        Guard.LearningRate(learningRate);
        Guard.Reduction(reduction);
        Guard.Penalty(l2);
        var counts = default(RowCounts);
        var sums = data.SampleWeights.IsEmpty
            ? Call.Run<StepPass<TLink>>(data, weights, default, default, reduction, learningRate, l2, parallel, ref counts)
            : Call.Run<StepPass<Weighted<TLink>>>(data, weights, default, default, reduction, learningRate, l2, parallel, ref counts);
        return new(sums.Loss, counts.Applied, counts.Skipped);
    }

    /// <summary>
    /// The Hessian times a vector, ∇²J(w)·v = Xᵀ(D(Xv)) with D = diag(sᵢ·μ′(zᵢ)), in one pass over X: what Newton-CG needs,
    /// without the d × d matrix.
    /// </summary>
    /// <remarks>
    /// <para>With the canonical link this is the whole Hessian. μ′ is σ(1 − σ), 1 or eᶻ. The targets say no more than which rows
    /// contain NaN.</para>
    /// <para>For the same D with many v, a weighted linear regression is cheaper: with D as <see cref="Observations.SampleWeights"/> and
    /// targets 0, the gradient of <see cref="LinearRegression"/> at v is Xᵀ(D(Xv)).</para>
    /// <para>Error: as for the gradient, with rᵢ = sᵢμ′(zᵢ)·(xᵢ·v); the error of xᵢ·v is that of a margin, μ′ is within
    /// 3 ulp of its value at the computed margin for σ (0 where |z| > 87.3365402), 1 ulp for eᶻ.</para>
    /// </remarks>
    /// <param name="data">Rows, weights and offsets.</param>
    /// <param name="weights">w: d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="direction">v, as long as w.</param>
    /// <param name="product">Overwritten: as long as w; may not overlap any input.</param>
    /// <param name="reduction">Whether J is the sum over the rows or its mean.</param>
    /// <param name="l2">λ in the penalty ½·λ·Σwⱼ² that is added after the reduction; finite and not negative. The intercept is not
    /// penalised.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <returns>The total weight and the rows skipped; no loss.</returns>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="product"/> overlaps an input.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="product"/> is as it was.</exception>
    public static Evaluation HessianProduct(
        in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction, Span<float> product,
        Reduction reduction = Reduction.Sum, float l2 = 0f, ParallelOptions? parallel = null)
    {
        Guard.Weights(data.X, weights);
        Guard.Direction(data.X, direction);
        Guard.Written(data, weights, product, nameof(product));
        Guard.NoOverlap(product, direction, nameof(direction), nameof(product));
        Guard.Reduction(reduction);
        Guard.Penalty(l2);
        return data.SampleWeights.IsEmpty
            ? WithoutLoss<GradientPass<Curvature<TLink, AlongDirection>>>(data, weights, direction, product, reduction, l2, parallel)
            : WithoutLoss<GradientPass<Weighted<Curvature<TLink, AlongDirection>>>>(
                data, weights, direction, product, reduction, l2, parallel);
    }

    /// <summary>The diagonal of the Hessian, Σᵢ sᵢ·μ′(zᵢ)·xᵢⱼ²: a preconditioner, and the curvature of each weight by
    /// itself.</summary>
    /// <remarks>
    /// Error: at most (γ(10 + ⌈min(N, 1024)/4⌉) + ζ)·diagonalⱼ, where ζ bounds the error of the margins (see
    /// <see cref="GradientErrorBound(in Observations, ReadOnlySpan{float}, Span{double}, Reduction)"/>), since |μ″| ≤ μ′ for all
    /// three links. No term is negative, so nothing cancels.
    /// </remarks>
    /// <param name="data">Rows, weights and offsets.</param>
    /// <param name="weights">w: d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="diagonal">Overwritten: as long as w; may not overlap any input.</param>
    /// <param name="reduction">Whether J is the sum over the rows or its mean.</param>
    /// <param name="l2">λ in the penalty ½·λ·Σwⱼ² that is added after the reduction; finite and not negative. The intercept is not
    /// penalised.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <returns>The total weight and the rows skipped; no loss.</returns>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="diagonal"/> overlaps an input.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="diagonal"/> is as it was.</exception>
    public static Evaluation HessianDiagonal(
        in Observations data, ReadOnlySpan<float> weights, Span<float> diagonal, Reduction reduction = Reduction.Sum, float l2 = 0f,
        ParallelOptions? parallel = null)
    {
        Guard.Weights(data.X, weights);
        Guard.Written(data, weights, diagonal, nameof(diagonal));
        Guard.Reduction(reduction);
        Guard.Penalty(l2);
        return data.SampleWeights.IsEmpty
            ? WithoutLoss<GradientPass<Curvature<TLink, OnDiagonal>>>(data, weights, default, diagonal, reduction, l2, parallel)
            : WithoutLoss<GradientPass<Weighted<Curvature<TLink, OnDiagonal>>>>(data, weights, default, diagonal, reduction, l2, parallel);
    }

    /// <summary>
    /// J and its derivative at w + t·d, without reading X: from the margins z = Xw and q = Xd, J(w + t·d) = Σ sᵢ·loss(zᵢ + t·qᵢ,
    /// yᵢ). A line search takes one pass over X for q, and then a few bytes a row for every t.
    /// </summary>
    /// <remarks>
    /// zᵢ + t·qᵢ is rounded once, so it may differ in its last bits from the margin at the rounded weights w + t·d. The slope Σ
    /// sᵢ(μ − y)ᵢ·qᵢ is summed in float64, as exact as the residuals.
    /// </remarks>
    /// <param name="margins">N margins: <see cref="Margin(in DesignMatrix, ReadOnlySpan{float}, Span{float})"/> at w, offsets
    /// included.</param>
    /// <param name="direction">N margins of the direction d, without offsets.</param>
    /// <param name="targets">N targets.</param>
    /// <param name="step">t, finite.</param>
    /// <param name="sampleWeights">N weights; or empty, where every row counts once. A row of weight 0 contributes nothing, even if it
    /// holds NaN.</param>
    /// <returns>J and dJ/dt, sums over the rows.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is not finite.</exception>
    public static LinePoint LossAlong(
        ReadOnlySpan<float> margins, ReadOnlySpan<float> direction, ReadOnlySpan<float> targets, float step,
        ReadOnlySpan<float> sampleWeights = default)
    {
        Guard.SameLength(direction, margins, nameof(direction));
        Guard.SameLength(targets, margins, nameof(targets));
        if (!sampleWeights.IsEmpty)
            Guard.SameLength(sampleWeights, margins, nameof(sampleWeights));
        if (!float.IsFinite(step))
            throw new ArgumentOutOfRangeException(nameof(step), step, $"The step is {step}; it must be finite.");
        var sums = sampleWeights.IsEmpty
            ? Call.RunLine<TLink>(margins, direction, targets, default, step)
            : Call.RunLine<Weighted<TLink>>(margins, direction, targets, sampleWeights, step);
        return new(sums.Loss, sums.Weight);
    }

    /// <summary>The means μ(Xw + offset) of all rows.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="offset">N floats that are added to the margins; or empty for none.</param>
    /// <param name="destination">N floats; may not overlap an input.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="destination"/> is as it was.</exception>
    public static void Predict(
        in DesignMatrix x, ReadOnlySpan<float> weights, ReadOnlySpan<float> offset, Span<float> destination,
        ParallelOptions? parallel = null) =>
        Many<TLink>(x, weights, offset, destination, parallel);

    /// <summary>The margins z = Xw + offset of all rows.</summary>
    /// <inheritdoc cref="Predict(in DesignMatrix, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, ParallelOptions?)" path="/param"/>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="destination"/> is as it was.</exception>
    public static void Margin(
        in DesignMatrix x, ReadOnlySpan<float> weights, ReadOnlySpan<float> offset, Span<float> destination,
        ParallelOptions? parallel = null) =>
        Many<Identity>(x, weights, offset, destination, parallel);

    private static void Many<TMean>(
        in DesignMatrix x, ReadOnlySpan<float> weights, ReadOnlySpan<float> offset, Span<float> destination, ParallelOptions? parallel)
        where TMean : struct, ILink
    {
        if (offset.IsEmpty && parallel is null)
        {
            Many<TMean>(x, weights, destination);
            return;
        }

        Guard.Weights(x, weights);
        Guard.Destination(x, weights, destination);
        Guard.OfRowsOrEmpty(x, offset, nameof(offset));
        Guard.NoOverlap(destination, offset, nameof(offset));
        var counts = default(RowCounts);
        var data = Observations.WithoutTargets(x, offset);
        Call.Run<PredictionPass<TMean>>(data, weights, default, destination, default, 0f, 0f, parallel, ref counts);
    }

    private static Evaluation Evaluate<TPass>(
        in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction, Span<float> output,
        Reduction reduction, float l2, ParallelOptions? parallel)
        where TPass : struct, IParallelPass
    {
        var counts = default(RowCounts);
        var sums = Call.Run<TPass>(data, weights, direction, output, reduction, 0f, l2, parallel, ref counts);
        return new(sums.Loss, sums.Weight, counts.Skipped);
    }
    // A mean of no loss is 0 whatever it is divided by: a negative total weight would make it −0, NaN NaN.
    private static Evaluation WithoutLoss<TPass>(
        in Observations data,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> direction,
        Span<float> output,
        Reduction reduction,
        float l2,
        ParallelOptions? parallel)
        where TPass : struct, IParallelPass =>
        Evaluate<TPass>(data, weights, direction, output, reduction, l2, parallel) with { Loss = 0 };
}
