using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;

namespace Kernels.Sums;

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
    internal static Totals Gradient(in Operands o, Floats gradient, ref RowCounts counts)
    {
        if (o.Rows <= Contract.SliceRows && (o.Reduction == Reduction.Sum || o.Rows <= 1))
        {
            if (o.Rows == 1 && !o.IsSpecial && TLink.Targets == RowTargets.Given)
                return OneRow<TLanes, TLink>.Gradient(o, gradient);
            if (o.Reduction == Reduction.Sum || !o.IsSpecial)
            {
                gradient.Clear(o.Parameters);
                return Slice(o, 0, o.Rows, gradient, ref counts);
            }
        }

        return AllSlices(o, gradient, ref counts);
    }

    // By itself: the tree is half a kilobyte that a call has to clear.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Totals AllSlices(in Operands o, Floats gradient, ref RowCounts counts)
    {
        var tree = new SliceTree<TLanes>(o.Rows, o.Parameters, o.Workspace);
        if (o.Rows == 0)
            gradient.Clear(o.Parameters);
        AddSlices(o, 0, o.Rows, gradient, ref tree, ref counts);
        return tree.Total(o.Reduction, gradient);
    }

    private static void AddSlices(in Operands o, nint firstRow, int rows, Floats gradient, ref SliceTree<TLanes> tree, ref RowCounts counts)
    {
        for (nint i = 0; i < rows; i += Contract.SliceRows)
        {
            gradient.Clear(o.Parameters);
            tree.Add(Slice(o, firstRow + i, (int)Math.Min(Contract.SliceRows, rows - i), gradient, ref counts), gradient);
        }
    }

    /// <summary>
    /// The gradient of some rows from a multiple of <see cref="Contract.SliceRows"/> on, in float64, to <paramref name="node"/>; their
    /// sums as the result.
    /// </summary>
    /// <param name="o">All rows.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="workspace">Room for a gradient in whole vectors, then for the tree of so many rows.</param>
    /// <param name="node">Room for a node.</param>
    /// <param name="counts">Counts on.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static Totals Node(in Operands o, nint firstRow, int rows, Floats workspace, Floats node, ref RowCounts counts)
    {
        var tree = new SliceTree<TLanes>(rows, o.Parameters, workspace.At(Lane.RoundUp(o.Parameters)));
        AddSlices(o, firstRow, rows, workspace, ref tree, ref counts);
        return tree.Node(workspace, node);
    }

    /// <summary>The loss of some rows from a multiple of <see cref="Contract.SliceRows"/> on.</summary>
    internal static Totals NodeLoss(in Operands o, nint firstRow, int rows, ref RowCounts counts)
    {
        var tree = new SliceTree<TLanes>(rows, 0, default);
        for (nint i = 0; i < rows; i += Contract.SliceRows)
            tree.Add(Slice(o, firstRow + i, (int)Math.Min(Contract.SliceRows, rows - i), default, ref counts), default);
        return tree.Node(default, default);
    }

    /// <summary>J alone: the same sum, X read once, no gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static Totals Loss(in Operands o, ref RowCounts counts)
    {
        var sums = NodeLoss(o, 0, o.Rows, ref counts);
        return new(sums.Loss / SliceTree<TLanes>.Divisor(o.Reduction, sums.Weight), sums.Weight);
    }

    // Without a gradient (null): the loss alone.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Totals Slice(in Operands o, nint firstRow, int rows, Floats gradient, ref RowCounts counts)
    {
        Span<float> stack = stackalloc float[SliceBuffers.Size + LinkBlock<TLanes, TLink>.StateFloats + Lane.Count - 1];
        var start = Floats.OnStack(stack);
        var buffers = new SliceBuffers(start, start.At(SliceBuffers.Size));
        LinkBlock<TLanes, TLink>.Start(buffers.State);
        var skipped = counts.Skipped;
        Pipeline<TLanes, TLink>.Add(o, new Part(firstRow, 0, rows), buffers, gradient, ref counts);
        return LinkBlock<TLanes, TLink>.Finish(buffers.State, rows - (counts.Skipped - skipped));
    }
}
