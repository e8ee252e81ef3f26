using Kernels.Links;

namespace Kernels;

/// <summary>Linear regression (least squares): μ = z, J(w) = ½ Σ (z − y)², ∇J = Xᵀ(Xw − y).</summary>
/// <remarks>With y = 0 the gradient is XᵀXw, one step of a power iteration. The members are those of <see cref="Glm{TLink}"/>.</remarks>
public sealed class LinearRegression : Glm<Identity>
{
    private LinearRegression()
    {
    }
}
