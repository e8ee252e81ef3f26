namespace Kernels.Rows;

/// <summary>What a pass reports beside its sums.</summary>
internal struct RowCounts
{
    /// <summary>Rows that were left out because they contain NaN.</summary>
    internal int Skipped;

    /// <summary>Whether a step changed the weights.</summary>
    internal bool Applied;
}
