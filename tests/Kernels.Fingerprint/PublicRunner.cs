namespace Kernels.Fingerprint;

/// <summary>The public entry points, on the width that this process chose.</summary>
public sealed class PublicRunner : Runner
{
    public override double Gradient<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient, Reduction reduction = Reduction.Sum) =>
        Glm<TLink>.Gradient(x, y, weights, gradient, reduction);

    public override double Loss<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Reduction reduction = Reduction.Sum) =>
        Glm<TLink>.Loss(x, y, weights, reduction);

    public override StepResult Step<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, Span<float> weights, float learningRate, Reduction reduction = Reduction.Sum) =>
        Glm<TLink>.Step(x, y, weights, learningRate, reduction);

    public override void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination) =>
        Glm<TLink>.Predict(x, weights, destination);
}
