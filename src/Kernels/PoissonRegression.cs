using Kernels.Links;

namespace Kernels;

/// <summary>
/// Poisson regression: μ = eᶻ, J(w) = Σ eᶻ − y·z (the constant Σ log y! is left out), ∇J = Xᵀ(e^(Xw) − y).
/// </summary>
/// <remarks>Targets are counts, 0 or more. eᶻ is +∞ from z = 88.72284 on. The members are those of <see cref="Glm{TLink}"/>.</remarks>
public sealed class PoissonRegression : Glm<Log>
{
    private PoissonRegression()
    {
    }
}
