using Kernels.Lanes;
using Kernels.Links;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>How far the computed gradient may be from the exact one: forward error analysis, in double, of the order of operations in
/// ARITHMETIC.md.</summary>
internal static class GradientBound<TLink>
    where TLink : struct, ILink
{
    // The bound is itself computed in double; this is far more than its own rounding errors.
    private const double Safety = 1 + 1e-6;

    internal static void Compute(in Observations data, ReadOnlySpan<float> weights, Span<double> bound, Reduction reduction)
    {
        bound.Clear();
        var x = data.X;

        // A lane of a dot product: ⌈d/16⌉ fused multiply-adds and four folds, or ⌈d/64⌉ and six; the intercept; the offset.
        var (lanes, folds) = x.Columns <= Contract.OneChainColumns ? (Lane.Count, 4) : (4 * Lane.Count, 6);
        var marginDepth = Rounding.Gamma(((x.Columns + lanes - 1) / lanes) + folds + (data.Offset.IsEmpty ? 1 : 2));

        // A column: a chain of 4, an addition for each group of the slice, the rounding of the total.
        var groups = (Math.Min(x.Rows, Contract.SliceRows) + Contract.GroupRows - 1) / Contract.GroupRows;
        var sumDepth = Rounding.Gamma(Contract.GroupRows + groups + 1);
        var intercept = x.HasIntercept ? weights[^1] : 0.0;
        var (totalWeight, overflows) = (0.0, false);
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            var offset = data.Offset.IsEmpty ? 0.0 : data.Offset[i];
            var weight = data.SampleWeights.IsEmpty ? 1.0 : data.SampleWeights[i];
            if (weight == 0 || (data.RowsWithNaN == RowsWithNaN.Skip && ContainsNaN(row, data.Targets[i], offset + weight)))
                continue;
            totalWeight += weight;
            var (z, size) = (intercept + offset, Math.Abs(intercept) + Math.Abs(offset));
            for (var j = 0; j < row.Length; j++)
            {
                var product = (double)row[j] * weights[j];
                z += product;
                size += Math.Abs(product);
            }

            var (r, error) = TLink.ResidualBound(z, data.Targets[i], (marginDepth * size) + (x.Columns * Rounding.Underflow));
            if (!data.SampleWeights.IsEmpty)
            {
                // The product of weight and residual is rounded.
                (r, error) = (weight * r, Math.Abs(weight) * (error + (Rounding.Unit * (Math.Abs(r) + error))) + Rounding.Underflow);
            }

            overflows |= size > float.MaxValue || Math.Abs(r) + error > float.MaxValue;
            var scale = (sumDepth * (Math.Abs(r) + error)) + error;
            for (var j = 0; j < row.Length; j++)
                bound[j] += scale * Math.Abs((double)row[j]);
            if (x.HasIntercept)
                bound[^1] += scale;
        }

        var divisor = Math.Abs(SliceTree<ScalarLanes>.Divisor(reduction, totalWeight));
        foreach (ref var b in bound)
        {
            // b is at least sumDepth times what is summed.
            b = overflows || b > sumDepth * float.MaxValue
                ? double.PositiveInfinity
                : ((b * Safety) + (x.Rows * Rounding.Underflow)) / divisor + Rounding.Underflow;
        }
    }

    private static bool ContainsNaN(ReadOnlySpan<float> row, float target, double others)
    {
        if (float.IsNaN(target) || double.IsNaN(others))
            return true;
        foreach (var value in row)
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }
}
