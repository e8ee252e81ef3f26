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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Gradient(in Operands o, Floats gradient)
    {
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Slice(in Operands o, nint firstRow, int rows, Floats gradient, bool gradientToo = true)
    {
        var loss = LossSum<TLanes>.Empty;
        var block = RowBlock<TLanes>.Rows(o.Columns);
        for (var i = 0; i < rows; i += block)
        {
            var (row, count) = (firstRow + i, Math.Min(block, rows - i));
            var z = RowBlock<TLanes>.Margins(o, row, count);
            var r = Residuals(z, o.Y.At(row), count, ref loss);
            if (gradientToo)
                RowBlock<TLanes>.AddScaled(o, row, count, r, gradient);
        }

        return loss.Total<TLink>();
    }

    // A method of its own, so that the link's constants do not compete with the accumulators for registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TLanes Residuals(TLanes z, Floats y, int count, ref LossSum<TLanes> loss)
    {
        var targets = count == Lane.Count ? TLanes.Load(y) : TLanes.LoadFirst(y, count);
        var r = TLink.Residual(z, targets, out LossTerms<TLanes> terms);
        loss.Add<TLink>(terms, count);
        return r;
    }
}
