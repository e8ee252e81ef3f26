using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>How far the computed gradient may be from the exact one: forward error analysis, in double, of the order of operations in ARITHMETIC.md.</summary>
internal static class GradientBound<TLink>
    where TLink : struct, ILink
{
    // The bound is itself computed in double; this is far more than its own rounding errors.
    private const double Safety = 1 + 1e-6;

    internal static void Compute(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<double> bound, Reduction reduction)
    {
        bound.Clear();

        // A lane of a dot product: ⌈d/16⌉ fused multiply-adds and four folds, or ⌈d/64⌉ and six; the intercept.
        var (lanes, folds) = x.Columns <= LongRow.ShortColumns ? (Lane.Count, 4) : (4 * Lane.Count, 6);
        var marginDepth = Rounding.Gamma(((x.Columns + lanes - 1) / lanes) + folds + 1);

        // A column: a chain of 4, an addition for each group of the slice, the rounding of the total.
        var groups = (Math.Min(x.Rows, SliceTree<ScalarLanes>.SliceRows) + RowGroup.Rows - 1) / RowGroup.Rows;
        var sumDepth = Rounding.Gamma(RowGroup.Rows + groups + 1);
        var intercept = x.HasIntercept ? weights[^1] : 0.0;
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            var (z, size) = (intercept, Math.Abs(intercept));
            for (var j = 0; j < row.Length; j++)
            {
                var product = (double)row[j] * weights[j];
                z += product;
                size += Math.Abs(product);
            }

            var (r, error) = TLink.ResidualBound(z, y[i], (marginDepth * size) + (x.Columns * Rounding.Underflow));
            var scale = (sumDepth * (Math.Abs(r) + error)) + error;
            for (var j = 0; j < row.Length; j++)
                bound[j] += scale * Math.Abs((double)row[j]);
            if (x.HasIntercept)
                bound[^1] += scale;
        }

        var divisor = reduction == Reduction.Mean && x.Rows > 0 ? x.Rows : 1.0;
        foreach (ref var b in bound)
            b = ((b * Safety) + (x.Rows * Rounding.Underflow)) / divisor + Rounding.Underflow;
    }
}
