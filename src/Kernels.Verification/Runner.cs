using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Verification;

/// <summary>What the fingerprint is taken of: the public entry points, or one vector width of them.</summary>
public abstract class Runner
{
    public abstract double Gradient<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient,
        Reduction reduction = Reduction.Sum)
        where TLink : struct, ILink;

    public abstract double Loss<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights,
        Reduction reduction = Reduction.Sum)
        where TLink : struct, ILink;

    public abstract StepResult Step<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, Span<float> weights, float learningRate,
        Reduction reduction = Reduction.Sum)
        where TLink : struct, ILink;

    public abstract Evaluation Gradient<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> gradient,
        Reduction reduction = Reduction.Sum, float l2 = 0f)
        where TLink : struct, ILink;

    public abstract Evaluation Loss<TLink>(in Observations data, ReadOnlySpan<float> weights, Reduction reduction = Reduction.Sum,
        float l2 = 0f)
        where TLink : struct, ILink;

    public abstract StepResult Step<TLink>(in Observations data, Span<float> weights, float learningRate,
        Reduction reduction = Reduction.Sum, float l2 = 0f)
        where TLink : struct, ILink;

    public abstract Evaluation HessianProduct<TLink>(in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction,
        Span<float> product, Reduction reduction = Reduction.Sum, float l2 = 0f)
        where TLink : struct, ILink;

    public abstract Evaluation HessianDiagonal<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> diagonal,
        Reduction reduction = Reduction.Sum, float l2 = 0f)
        where TLink : struct, ILink;

    public abstract HessianEvaluation Hessian<TLink>(in Observations data, ReadOnlySpan<double> weights, Span<double> gradient,
        Span<double> hessian, ReadOnlySpan<double> centers)
        where TLink : struct, ILink;

    public abstract HessianEvaluation HessianSingle<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<double> gradient,
        Span<double> hessian, ReadOnlySpan<double> centers)
        where TLink : struct, ILink;

    public abstract void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination)
        where TLink : struct, ILink;
}
