using Kernels.Links;

namespace Kernels;

/// <summary>
/// Logistic regression: μ = σ(z) = 1/(1 + e⁻ᶻ), J(w) = Σ log(1 + eᶻ) − y·z, ∇J = Xᵀ(σ(Xw) − y).
/// </summary>
/// <remarks>
/// Targets are 0 or 1, or any probability between; −1 and +1 are not mapped. Nothing overflows: the loss is
/// t·|z| − log(1 − σ(−|z|)), right at any finite margin with either label. σ(z) for z &lt; 0 and the residual keep their
/// relative precision down to 2⁻¹²⁶, and are 0 below. The members are those of <see cref="Glm{TLink}"/>.
/// </remarks>
/// <example> <code> var x = new DesignMatrix(values, columns: 13, intercept: true); for (var i = 0; i &lt; 1000; i++)
/// LogisticRegression.Step(x, y, weights, learningRate: 0.01f); float p = LogisticRegression.Predict(row, weights, intercept: true);
/// </code>
/// </example>
public sealed class LogisticRegression : Glm<Logit>
{
    private LogisticRegression()
    {
    }
}
