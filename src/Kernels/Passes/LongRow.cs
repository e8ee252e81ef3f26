namespace Kernels.Passes;

/// <summary>What the contract says of long rows (ARITHMETIC.md, 1).</summary>
internal static class LongRow
{
    /// <summary>Rows of at most so many columns are summed in one vector, longer ones in four.</summary>
    internal const int ShortColumns = 256;
}
