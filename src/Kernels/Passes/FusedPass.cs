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
        if (o.Rows == 0)
            gradient.Clear(o.Parameters);
        AddSlices(o, 0, o.Rows, gradient, ref tree);
        return tree.Total(o.Reduction, gradient);
    }

    private static void AddSlices(in Operands o, nint firstRow, int rows, Floats gradient, ref SliceTree<TLanes> tree)
    {
        for (nint i = 0; i < rows; i += SliceTree<TLanes>.SliceRows)
        {
            gradient.Clear(o.Parameters);
            tree.Add(Slice(o, firstRow + i, (int)Math.Min(SliceTree<TLanes>.SliceRows, rows - i), gradient), gradient);
        }
    }

    /// <summary>
    /// The gradient of some rows from a multiple of <see cref="SliceTree{TLanes}.SliceRows"/> on, in float64, to <paramref name="node"/>; their loss as the result.
    /// </summary>
    /// <param name="o">All rows.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="workspace">Room for a gradient in whole vectors, then for the tree of so many rows.</param>
    /// <param name="node">Room for a node.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static double Node(in Operands o, nint firstRow, int rows, Floats workspace, Floats node)
    {
        var tree = new SliceTree<TLanes>(rows, o.Parameters, workspace.At(Lane.RoundUp(o.Parameters)));
        AddSlices(o, firstRow, rows, workspace, ref tree);
        return tree.Node(workspace, node);
    }

    /// <summary>The loss of some rows from a multiple of <see cref="SliceTree{TLanes}.SliceRows"/> on.</summary>
    internal static double NodeLoss(in Operands o, nint firstRow, int rows)
    {
        var tree = new SliceTree<TLanes>(rows, 0, default);
        for (nint i = 0; i < rows; i += SliceTree<TLanes>.SliceRows)
            tree.Add(Slice(o, firstRow + i, (int)Math.Min(SliceTree<TLanes>.SliceRows, rows - i), default, gradientToo: false), default);
        return tree.Node(default, default);
    }

    /// <summary>J alone: the same sum, X read once, no gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static double Loss(in Operands o)
    {
        var loss = NodeLoss(o, 0, o.Rows);
        return o.Reduction == Reduction.Mean && o.Rows > 0 ? loss / o.Rows : loss;
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
