namespace Kernels.Passes;

/// <summary>What rows add up to beside their gradient: the loss, and the number of rows or their total weight. Two registers.</summary>
internal readonly struct Sums(double loss, double weight)
{
    internal readonly double Loss = loss;
    internal readonly double Weight = weight;

    public static Sums operator +(Sums left, Sums right) => new(left.Loss + right.Loss, left.Weight + right.Weight);
}
