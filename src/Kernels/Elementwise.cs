using Kernels.Links;
using Kernels.Passes;

namespace Kernels;

/// <summary>
/// σ, eˣ and log(1 + eˣ) of every element: the very code that the fused pass runs on the margins, so a row's mean is
/// the sigmoid of its margin, bit for bit.
/// </summary>
/// <remarks>
/// The error bounds hold for every one of the 2³² floats and are checked on all of them (ACCURACY.md). Results have the
/// same bits on every vector width. <c>destination</c> may be the same memory as <c>x</c>; any other
/// overlap is refused. Nothing is allocated.
/// </remarks>
public static class Elementwise
{
    /// <summary>destination[i] = σ(x[i]) = 1/(1 + e^−x[i]).</summary>
    /// <remarks>
    /// Within 1.0 ulp, and 0 for x &lt; −87.3365402, where σ is below the smallest normal float 2⁻¹²⁶; never decreasing; in
    /// [0, 1]; σ(±∞) = 1 and 0, σ(±0) = ½ exactly; fl(σ(x) + σ(−x)) = 1. NaN gives NaN.
    /// </remarks>
    /// <param name="x">n values.</param>
    /// <param name="destination">n floats or more; <paramref name="x"/> itself, or memory apart from it.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="x"/>, or overlaps it elsewhere
    /// than at its start.</exception>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> destination) => Run<ElementwisePass<MeanFunction<Logit>>>(x, destination);

    /// <summary>destination[i] = e^x[i].</summary>
    /// <remarks>Within 1.0 ulp, subnormal results included; never decreasing; +∞ from 88.72284 on. NaN gives NaN.</remarks>
    /// <inheritdoc cref="Sigmoid" path="/param"/>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="x"/>, or overlaps it elsewhere
    /// than at its start.</exception>
    public static void Exp(ReadOnlySpan<float> x, Span<float> destination) => Run<ElementwisePass<MeanFunction<Log>>>(x, destination);

    /// <summary>destination[i] = log(1 + e^x[i]), a row's logistic loss for the label 0.</summary>
    /// <remarks>Within 2.0 ulp, subnormal results included; never overflows. Not monotone to the last bit. NaN gives NaN.</remarks>
    /// <inheritdoc cref="Sigmoid" path="/param"/>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="x"/>, or overlaps it elsewhere
    /// than at its start.</exception>
    public static void Softplus(ReadOnlySpan<float> x, Span<float> destination) => Run<ElementwisePass<SoftplusFunction>>(x, destination);

    private static void Run<TPass>(ReadOnlySpan<float> x, Span<float> destination)
        where TPass : struct, IPass
    {
        Guard.Elementwise(x, destination);
        Call.Run<TPass>(new DesignMatrix(x, columns: 1), default, default, destination);
    }
}
