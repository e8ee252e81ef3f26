namespace Kernels.Training;

/// <summary>How fast a gradient can change: what a safe step length follows from.</summary>
public static class Lipschitz
{
    /// <summary>
    /// A bound on the largest eigenvalue of XᵀX that no data exceed: min(‖X‖²_F, ‖X‖₁·‖X‖_∞) (Golub and Van Loan,
    /// Matrix Computations, 4th ed., §2.3.3). The Hessian of J is XᵀDX with D = μ′(z) ≤ c, so c times this bounds
    /// the gradient's Lipschitz constant, and 1 over that is a step that never overshoots.
    /// </summary>
    /// <param name="x">N × d; the intercept's ones count.</param>
    /// <returns>The bound; 0 for an empty or a zero matrix, NaN or ∞ when X has such values.</returns>
    public static double OfGramMatrix(in DesignMatrix x)
    {
        double squares = 0, largestRow = 0;
        var columnSums = new double[x.Parameters];
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            double rowSum = x.HasIntercept ? 1 : 0;
            for (var j = 0; j < row.Length; j++)
            {
                var a = Math.Abs((double)row[j]);
                squares += a * a;
                rowSum += a;
                columnSums[j] += a;
            }

            largestRow = Math.Max(largestRow, rowSum);
        }

        if (x.HasIntercept)
        {
            squares += x.Rows;
            columnSums[^1] = x.Rows;
        }

        var largestColumn = 0.0;
        foreach (var sum in columnSums)
            largestColumn = Math.Max(largestColumn, sum);
        return Math.Min(squares, largestRow * largestColumn);
    }
}
