using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>
/// The algorithm: X is read from memory once. For each block of rows z = Xw, r = μ(z) − y and the loss, then
/// g += Xᵀr while the block is in cache. Blocks make slices, slices are summed in float64 along a fixed tree.
/// </summary>
internal static class FusedPass<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>The floats of workspace that <see cref="Gradient"/> needs.</summary>
    internal static nint Workspace(int rows, nint parameters) => SliceTree<TLanes>.Workspace(rows, parameters);

    /// <summary>Writes ∇J to <paramref name="gradient"/> (o.Parameters floats) and returns J.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static double Gradient(in Operands o, Floats gradient)
    {
        if (o.Rows <= SliceTree<TLanes>.SliceRows && (o.Reduction == Reduction.Sum || o.Rows <= 1))
        {
            if (o.Rows == 1)
                return OneRow<TLanes, TLink>.Gradient(o, gradient);
            gradient.Clear(o.Parameters);
            return Slice(o, 0, o.Rows, gradient);
        }

        var tree = new SliceTree<TLanes>(o.Rows, o.Parameters, o.Workspace);
        gradient.Clear(o.Parameters);
        for (nint row = 0; row < o.Rows; row += SliceTree<TLanes>.SliceRows)
        {
            if (row > 0)
                gradient.Clear(o.Parameters);
            var rows = (int)Math.Min(SliceTree<TLanes>.SliceRows, o.Rows - row);
            tree.Add(Slice(o, row, rows, gradient), gradient);
        }

        return tree.Total(o.Reduction, gradient);
    }

    /// <summary>J alone: the same sum, X read once, no gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static double Loss(in Operands o)
    {
        var tree = new SliceTree<TLanes>(o.Rows, 0, default);
        for (nint row = 0; row < o.Rows; row += SliceTree<TLanes>.SliceRows)
        {
            var rows = (int)Math.Min(SliceTree<TLanes>.SliceRows, o.Rows - row);
            tree.Add(Slice(o, row, rows, default, gradientToo: false), default);
        }

        return tree.Total(o.Reduction, default);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Slice(in Operands o, nint firstRow, int rows, Floats gradient, bool gradientToo = true)
    {
        Span<float> stack = stackalloc float[(2 * Regime.MostRows) + LinkBlock<TLanes, TLink>.StateFloats + Lane.Count - 1];
        var z = Floats.OnStack(stack);
        var r = z.At(Regime.MostRows);
        var loss = r.At(Regime.MostRows);
        LinkBlock<TLanes, TLink>.Start(loss);
        var regime = Regime.Of(o.Rows, o.Columns, TLanes.ManyRegisters);
        for (var row = 0; row < rows; row += regime.BlockRows)
        {
            var count = Math.Min(regime.BlockRows, rows - row);
            var lane = row % Lane.Count; // of blocks smaller than a vector
            if (row == 0 || !regime.Ahead)
                RowBlock<TLanes>.Margins(o, regime.Order, firstRow + row, count, z.At(lane));
            LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(firstRow + row), r, row, count, loss);
            if (regime.Ahead && row + count < rows)
                RowBlock<TLanes>.Margins(o, regime.Order, firstRow + row + count, Math.Min(regime.BlockRows, rows - row - count), z);
            if (gradientToo)
                RowBlock<TLanes>.AddScaled(o, regime.Order, firstRow + row, count, r.At(lane), gradient);
        }

        return LinkBlock<TLanes, TLink>.Finish(loss);
    }
}
