namespace Kernels.Loops;

/// <summary>Where rows wait between a margin and its share of the gradient: row i of a part has its margin and its residual at i &amp;
/// <see cref="Mask"/>.</summary>
internal static class Ring
{
    /// <summary>The most rows that wait.</summary>
    internal const int Rows = 128;

    internal const int Mask = Rows - 1;
}
