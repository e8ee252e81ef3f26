using Kernels.Passes;
using Kernels.Rows;

namespace Kernels;

/// <content>The same on several threads, only when asked.</content>
public abstract partial class Glm<TLink>
{
    /// <summary>The means μ(Xw) of all rows, on several threads.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="destination">N floats; may not overlap <paramref name="x"/> or <paramref name="weights"/>.</param>
    /// <param name="parallel">How many threads at most, on which scheduler, and when to stop.</param>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="destination"/> is as it was.</exception>
    public static void Predict(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(parallel);
        Many<TLink>(x, weights, default, destination, parallel);
    }

    /// <summary>The negative log-likelihood J(w), on several threads.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="parallel">How many threads at most, on which scheduler, and when to stop.</param>
    /// <param name="reduction">The sum over the rows, or its mean.</param>
    /// <returns>J, the same bits as on one thread.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static double Loss(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, ParallelOptions parallel,
        Reduction reduction = Reduction.Sum)
    {
        ArgumentNullException.ThrowIfNull(parallel);
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.Reduction(reduction);
        return Evaluate<LossPass<TLink>>(new(x, y), weights, default, default, reduction, 0f, parallel).Loss;
    }

    /// <summary>The gradient ∇J(w), and J(w) from the same pass, on several threads.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">Overwritten: as long as <paramref name="weights"/>; may not overlap any input.</param>
    /// <param name="parallel">How many threads at most, on which scheduler, and when to stop.</param>
    /// <param name="reduction">The sum over the rows, or its mean; of the loss and of the gradient.</param>
    /// <returns>J, the same bits as on one thread.</returns>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="gradient"/> overlaps an input.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="gradient"/> is as it was.</exception>
    public static double Gradient(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient, ParallelOptions parallel,
        Reduction reduction = Reduction.Sum)
    {
        ArgumentNullException.ThrowIfNull(parallel);
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.Gradient(x, y, weights, gradient);
        Guard.Reduction(reduction);
        return Evaluate<GradientPass<TLink>>(new(x, y), weights, default, gradient, reduction, 0f, parallel).Loss;
    }

    /// <summary>The gradient-descent step w ← w − α·∇J(w), in place, on several threads.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last. Updated; may not overlap <paramref name="x"/> or
    /// <paramref name="y"/>.</param>
    /// <param name="learningRate">α, finite and not negative.</param>
    /// <param name="parallel">How many threads at most, on which scheduler, and when to stop.</param>
    /// <param name="reduction">Whether J is the sum over the rows or its mean.</param>
    /// <returns>J before the step, and whether the step was applied. If the gradient or a new weight is not finite, no weight
    /// changes.</returns>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative, ∞ or NaN.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <paramref name="weights"/> are as they were.</exception>
    public static StepResult Step(
        in DesignMatrix x, ReadOnlySpan<float> y, Span<float> weights, float learningRate, ParallelOptions parallel,
        Reduction reduction = Reduction.Sum)
    {
        ArgumentNullException.ThrowIfNull(parallel);
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.InPlace(x, y, weights, learningRate);
        Guard.Reduction(reduction);
        var counts = default(RowCounts);
        var data = new Observations(x, y);
        var sums = Call.Run<StepPass<TLink>>(data, weights, default, default, reduction, learningRate, 0f, parallel, ref counts);
        return new(sums.Loss, counts.Applied);
    }
}
