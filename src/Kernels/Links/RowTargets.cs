namespace Kernels.Links;

/// <summary>What stands in the place of the targets when a link turns the margins of rows into their factors in Xᵀr.</summary>
internal enum RowTargets
{
    /// <summary>The caller's: r = μ(z) − y.</summary>
    Given,

    /// <summary>The margins along a direction, Xv: r = μ′(z)·(Xv).</summary>
    MarginsAlongDirection,

    /// <summary>Ones: r = μ′(z), and the columns are squared.</summary>
    Ones,
}
