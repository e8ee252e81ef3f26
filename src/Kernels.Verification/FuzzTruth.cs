using Kernels.Links;

namespace Kernels.Verification;

/// <summary>What does not depend on the library's own code: the gradient and the means in plain double loops, within the bounds that it
/// promises; and NaN where a row has one.</summary>
internal static class FuzzTruth
{
    private const double U = 1.0 / (1 << 24);

    /// <summary>What is wrong, or null.</summary>
    /// <param name="share">The largest error of the gradient as a share of its bound.</param>
    internal static string? Fault(FuzzCase @case, FuzzProblem problem, FuzzOutputs outputs, out double share)
    {
        share = 0;
        var model = (DoubleOracle.Model)@case.Link;
        var weights = DoubleOracle.Widen(problem.Weights);
        var exact = new double[weights.Length];
        var (total, isFinite) = (0.0, true);
        for (var i = 0; i < @case.Rows; i++)
        {
            var row = problem.X.Row(i);
            var margin = DoubleOracle.Margin(row, weights);
            if (HasNaN(row) && weights.Length > 0 && !float.IsNaN(outputs.Means[i]))
                return $"the mean of row {i}, which has a NaN, is {outputs.Means[i]:R}";
            var size = Size(row, problem.Weights);
            isFinite &= double.IsFinite(size) && size < 1e18;
            if (double.IsFinite(size) && size < 1e18 && MeanFault(model, margin, size, @case.Columns, outputs.Means[i]) is { } fault)
                return $"the mean of row {i}: {fault}";
            var weight = @case.HasWeights ? problem.SampleWeights[i] : 1.0;
            total += weight;
            var residual = weight * DoubleOracle.Residual(model, margin + (@case.HasOffset ? problem.Offset[i] : 0), problem.Y[i]);
            for (var j = 0; j < exact.Length; j++)
                exact[j] += residual * (j < row.Length ? row[j] : 1.0);
        }

        // With λ·w the gradient is not the data's alone; out of the range of float32 there is no bound.
        if (!isFinite || @case.Seed % 4 == 0)
            return null;
        var divisor = @case.Reduction == Reduction.Mean ? total : 1;
        var bound = new double[exact.Length];
        Bound(@case, problem, bound);
        for (var j = 0; j < exact.Length; j++)
        {
            var error = Math.Abs(outputs.Gradient[j] - (exact[j] / divisor));
            if (!double.IsFinite(exact[j] / divisor) || bound[j] > 1e30)
                continue;
            if (!(error <= bound[j] + 1e-40))
                return $"the gradient's element {j} is {outputs.Gradient[j]:R}, exactly {exact[j] / divisor:R}: off by {error:E2}, bound "
                    + $"{bound[j]:E2}";
            if (bound[j] > 0)
                share = Math.Max(share, error / bound[j]);
        }

        return null;
    }

    // γ·Σ|xⱼwⱼ| in the margin, times the link's slope; two units of the last place in the link.
    private static string? MeanFault(DoubleOracle.Model model, double margin, double size, int columns, float mean)
    {
        var depth = (columns <= 256 ? ((columns + 15) / 16) + 5 : ((columns + 63) / 64) + 7) * U * 1.01;
        var exact = DoubleOracle.Mean(model, margin);
        var moved = (depth * size) + 1e-44 + (columns * 1e-45);
        var allowed = model switch
        {
            DoubleOracle.Model.Logistic => 0.25 * moved,
            DoubleOracle.Model.Linear => moved,
            _ => exact * Math.Exp(moved) * moved,
        };
        allowed += (2 * U * Math.Abs(exact)) + 1.2e-38;
        return model == DoubleOracle.Model.Poisson && !(exact < 1e37) || Math.Abs(mean - exact) <= allowed
            ? null
            : $"{mean:R}, exactly {exact:R}: off by {Math.Abs(mean - exact):E2}, bound {allowed:E2}";
    }

    private static double Size(ReadOnlySpan<float> row, float[] weights)
    {
        var size = weights.Length > row.Length ? Math.Abs((double)weights[^1]) : 0;
        for (var j = 0; j < row.Length; j++)
            size += Math.Abs((double)row[j] * weights[j]);
        return size;
    }

    private static bool HasNaN(ReadOnlySpan<float> row)
    {
        foreach (var value in row)
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }

    private static void Bound(FuzzCase @case, FuzzProblem problem, double[] bound)
    {
        switch (@case.Link)
        {
            case 0:
                Glm<Logit>.GradientErrorBound(problem.Data, problem.Weights, bound, @case.Reduction);
                break;
            case 1:
                Glm<Identity>.GradientErrorBound(problem.Data, problem.Weights, bound, @case.Reduction);
                break;
            default:
                Glm<Log>.GradientErrorBound(problem.Data, problem.Weights, bound, @case.Reduction);
                break;
        }
    }
}
