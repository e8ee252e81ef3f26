namespace Kernels.Passes;

/// <summary>The rows that share one partial sum before it is added to the gradient (ARITHMETIC.md, 4).</summary>
internal static class RowGroup
{
    internal const int Rows = 4;
}
