namespace Kernels.Links;

/// <summary>What rows add up to beside their gradient: the loss, and the number of rows or their total weight. Two registers.</summary>
internal readonly struct Totals(double loss, double weight)
{
    internal readonly double Loss = loss;
    internal readonly double Weight = weight;

    public static Totals operator +(Totals left, Totals right) => new(left.Loss + right.Loss, left.Weight + right.Weight);
}
