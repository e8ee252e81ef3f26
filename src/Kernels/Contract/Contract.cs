namespace Kernels;

/// <summary>Every number of the arithmetic contract (ARITHMETIC.md): a change of one of them changes bits, and so is a new
/// <see cref="Version"/>.</summary>
internal static class Contract
{
    /// <summary>The version of the contract.</summary>
    internal const int Version = 3;

    /// <summary>Partial sums of a margin in a chain (§1).</summary>
    internal const int Lanes = 16;

    /// <summary>Rows of at most so many columns are summed in one chain of lanes, longer ones in four (§1).</summary>
    internal const int OneChainColumns = 256;

    /// <summary>Rows whose shares are summed before they are added to the gradient (§4).</summary>
    internal const int GroupRows = 4;

    /// <summary>Rows whose losses are gathered in float32 before they are added in float64 (§5).</summary>
    internal const int BatchRows = 64;

    /// <summary>Rows that are summed in float32; their sums are summed in float64 (§6).</summary>
    internal const int SliceRows = 1024;

    /// <summary>Rows whose products are one float32 chain in XᵀDX (§13).</summary>
    internal const int PanelRows = 64;
}
