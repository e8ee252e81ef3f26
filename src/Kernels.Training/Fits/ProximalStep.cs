namespace Kernels.Training.Fits;

/// <summary>
/// The step of proximal Newton: the minimum of gᵀp + ½·pᵀHp + λ₁·|u + p|, by coordinate descent on the matrix (Friedman, Hastie
/// and Tibshirani, Journal of Statistical Software 33(1), 2010), which reads no X.
/// </summary>
internal static class ProximalStep
{
    private const int MostSweeps = 100_000;

    /// <summary>Writes the step.</summary>
    internal static void Solve(Point point, Penalties penalties, ReadOnlySpan<bool> isOut, Span<double> step)
    {
        var p = point.At.Length;
        step.Clear();
        var slope = point.Gradient.ToArray(); // g + H·step
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var largest = 0.0;
            for (var j = 0; j < p; j++)
            {
                var curvature = point.Hessian[Packed.At(j, j)];
                if (isOut[j] || !(curvature > 0))
                    continue;
                var now = point.At[j] + step[j];
                var next = SoftThreshold(now - (slope[j] / curvature), penalties.L1Of(j) / curvature);
                var move = next - now;
                if (move == 0)
                    continue;
                step[j] = next - point.At[j];
                for (var k = 0; k < p; k++)
                    slope[k] += point.Hessian[Packed.At(j, k)] * move;
                largest = Math.Max(largest, curvature * move * move);
            }

            if (largest <= 1e-24 * Math.Max(1, Decrease(point, step)))
                break;
        }
    }

    private static double Decrease(Point point, ReadOnlySpan<double> step)
    {
        var sum = 0.0;
        for (var j = 0; j < step.Length; j++)
            sum += Math.Abs(point.Gradient[j] * step[j]);
        return sum;
    }

    private static double SoftThreshold(double value, double by) => Math.Sign(value) * Math.Max(0, Math.Abs(value) - by);
}
