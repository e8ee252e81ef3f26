using Kernels.Links;
using Kernels.Training.Fits;
using Kernels.Training.Shards;

namespace Kernels.Training;

/// <summary>How fast a gradient can change: what a safe step length follows from.</summary>
/// <remarks>The Hessian of J is XᵀDX with 0 ≤ D = diag(sᵢ·μ′(zᵢ)) ≤ c·diag(sᵢ), so c·λ(XᵀSX) bounds the gradient's
/// Lipschitz constant; 1 over that is a step that never overshoots.</remarks>
public static class Lipschitz
{
    private const int DefaultPasses = 30;

    /// <summary>
    /// A bound on the largest eigenvalue of XᵀX that no data exceed: min(‖X‖²_F, ‖X‖₁·‖X‖_∞) (Golub and Van Loan,
    /// Matrix Computations, 4th ed., §2.3.3). For random data some d times too large.
    /// </summary>
    /// <param name="x">N × d; the intercept's ones count.</param>
    /// <returns>The bound; 0 for an empty or a zero matrix, NaN or ∞ when X has such values.</returns>
    public static double OfGramMatrix(in DesignMatrix x)
    {
        if (x.Rows == 0)
            return 0; // whatever the columns: no array of their length
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

    /// <summary>
    /// The largest eigenvalue of XᵀSX, S the sample weights, by power iteration on the fused pass: from below, and rarely more than a few
    /// percent too low (Kuczyński and Woźniakowski, SIAM Journal on Matrix Analysis 13, 1992). It is no bound; <see cref="OfGramMatrix"/>
    /// is.
    /// </summary>
    /// <param name="data">Rows and weights; the intercept's ones count.</param>
    /// <param name="maxPasses">Passes over X at most; it stops before when the estimate grows by less than one in a hundred.</param>
    /// <param name="parallel">How many threads at most; null for the calling thread alone.</param>
    /// <returns>The estimate, and the passes it took; NaN or ∞ when the data have such values.</returns>
    public static (double Eigenvalue, int Passes) Estimate(
        in Observations data, int maxPasses = DefaultPasses, ParallelOptions? parallel = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPasses, 1);
        return Estimate(data, SearchCoordinates.Plain, maxPasses, parallel);
    }

    /// <summary>The same over blocks.</summary>
    /// <param name="data">Rows and weights; the intercept's ones count.</param>
    /// <param name="maxPasses">Passes over X at most.</param>
    /// <param name="maxDegreeOfParallelism">Threads at most; −1 takes as many as there are processors.</param>
    /// <returns>The estimate, and the passes it took; NaN or ∞ when the data have such values.</returns>
    /// <exception cref="ArgumentException">The data's number of rows or columns makes no sense.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static (double Eigenvalue, int Passes) EstimateBlocks(
        ObservationBlocks data, int maxPasses = DefaultPasses, int maxDegreeOfParallelism = 1)
    {
        Check.Shape(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPasses, 1);
        Check.Threads(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism };
        return EstimateBlocks(data, SearchCoordinates.Plain, maxPasses, parallel);
    }

    /// <summary>The largest eigenvalue of TᵀXᵀSXT.</summary>
    internal static double Estimate(in Observations data, SearchCoordinates coordinates, ParallelOptions parallel) =>
        Estimate(data, coordinates, DefaultPasses, parallel).Eigenvalue;

    /// <summary>The same over blocks.</summary>
    internal static double EstimateBlocks(ObservationBlocks data, SearchCoordinates coordinates, ParallelOptions parallel) =>
        EstimateBlocks(data, coordinates, DefaultPasses, parallel).Eigenvalue;

    /// <summary>The same over shards.</summary>
    internal static double EstimateShards(ObservationShards data, SearchCoordinates coordinates, ParallelOptions parallel)
    {
        if (data.Rows == 0)
            return 0;
        var power = new PowerIteration(data.Parameters, coordinates);
        do
            new FitData<Identity>(data, parallel).Sum(new GramQuestion(power.Vector, data.HasIntercept)).Sum.Gradient(power.Product);
        while (power.Next() && power.Passes < DefaultPasses);
        return power.Eigenvalue;
    }

    private static (double Eigenvalue, int Passes) Estimate(
        in Observations data, SearchCoordinates coordinates, int maxPasses, ParallelOptions? parallel)
    {
        if (data.X.Rows == 0)
            return (0, 0);
        var power = new PowerIteration(data.X.Parameters, coordinates);
        var origin = new float[data.X.Parameters];
        do
            LinearRegression.HessianProduct(data, origin, power.Vector, power.Product, parallel: parallel);
        while (power.Next() && power.Passes < maxPasses);
        return (power.Eigenvalue, power.Passes);
    }

    private static (double Eigenvalue, int Passes) EstimateBlocks(
        ObservationBlocks data, SearchCoordinates coordinates, int maxPasses, ParallelOptions parallel)
    {
        if (data.Rows == 0)
            return (0, 0);
        var power = new PowerIteration(data.Parameters, coordinates);

        // XᵀS(Xv) is the gradient of a linear regression at v for targets of 0.
        var sums = new BlockSums<Identity>(data, parallel, zeroTargets: true);
        do
            sums.Evaluate(power.Vector, power.Product);
        while (power.Next() && power.Passes < maxPasses);
        return (power.Eigenvalue, power.Passes);
    }
}
