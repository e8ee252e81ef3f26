namespace Kernels.Training.Fits;

/// <summary>Symmetric matrices of which the lower triangle is kept, row by row.</summary>
internal static class Packed
{
    /// <summary>Where an element of either triangle is.</summary>
    internal static int At(int j, int k) => j >= k ? (j * (j + 1) / 2) + k : (k * (k + 1) / 2) + j;

    internal static int Length(int order) => checked((int)(order * (order + 1L) / 2));
}
