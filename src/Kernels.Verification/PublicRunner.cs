namespace Kernels.Verification;

/// <summary>The public entry points, on the width that this process chose.</summary>
public class PublicRunner : Runner
{
    public override double Gradient<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient,
        Reduction reduction = Reduction.Sum) =>
        Glm<TLink>.Gradient(x, y, weights, gradient, reduction);

    public override double Loss<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights,
        Reduction reduction = Reduction.Sum) =>
        Glm<TLink>.Loss(x, y, weights, reduction);

    public override StepResult Step<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, Span<float> weights, float learningRate,
        Reduction reduction = Reduction.Sum) =>
        Glm<TLink>.Step(x, y, weights, learningRate, reduction);

    public override Evaluation Gradient<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> gradient,
        Reduction reduction = Reduction.Sum, float l2 = 0f) =>
        Glm<TLink>.Gradient(data, weights, gradient, reduction, l2);

    public override Evaluation Loss<TLink>(in Observations data, ReadOnlySpan<float> weights, Reduction reduction = Reduction.Sum,
        float l2 = 0f) =>
        Glm<TLink>.Loss(data, weights, reduction, l2);

    public override StepResult Step<TLink>(in Observations data, Span<float> weights, float learningRate,
        Reduction reduction = Reduction.Sum, float l2 = 0f) =>
        Glm<TLink>.Step(data, weights, learningRate, reduction, l2);

    public override Evaluation HessianProduct<TLink>(in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction,
        Span<float> product, Reduction reduction = Reduction.Sum, float l2 = 0f) =>
        Glm<TLink>.HessianProduct(data, weights, direction, product, reduction, l2);

    public override Evaluation HessianDiagonal<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> diagonal,
        Reduction reduction = Reduction.Sum, float l2 = 0f) =>
        Glm<TLink>.HessianDiagonal(data, weights, diagonal, reduction, l2);

    public override HessianEvaluation Hessian<TLink>(in Observations data, ReadOnlySpan<double> weights, Span<double> gradient,
        Span<double> hessian, ReadOnlySpan<double> centers) =>
        Glm<TLink>.Hessian(data, weights, gradient, hessian, centers);

    public override HessianEvaluation HessianSingle<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<double> gradient,
        Span<double> hessian, ReadOnlySpan<double> centers) =>
        Glm<TLink>.HessianSingle(data, weights, gradient, hessian, centers);

    public override void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination) =>
        Glm<TLink>.Predict(x, weights, destination);

    public override string ToString() => "the public entry point";
}
