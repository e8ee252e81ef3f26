using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;

namespace Kernels.Passes;

/// <summary>Some rows more of a slice, wherever the last call stopped: the operations, and their order, are those of the whole slice in
/// one call.</summary>
internal static class AccumulatePass<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Adds all rows of o.</summary>
    /// <param name="o">The operands.</param>
    /// <param name="memory">A gradient, an open group and the loss so far, in whole vectors.</param>
    /// <param name="sliceRow">The rows already there; with o.Rows at most a slice.</param>
    /// <param name="counts">Counts on.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(in Operands o, Floats memory, int sliceRow, ref RowCounts counts)
    {
        Span<float> stack = stackalloc float[SliceBuffers.Size + Lane.Count - 1];
        var room = Floats.OnStack(stack);
        var (gradient, partial) = (memory, memory.At(Lane.RoundUp(o.Parameters)));
        var state = partial.At(Lane.RoundUp(o.Parameters));
        var buffers = new SliceBuffers(room, state);
        if (sliceRow == 0)
        {
            gradient.Clear(o.Parameters);
            LinkBlock<TLanes, TLink>.Start(state);
        }

        // The rest of a group that was begun, whole groups, and the beginning of one.
        var row = 0;
        while (row < o.Rows)
        {
            var (inGroup, left) = ((sliceRow + row) % Contract.GroupRows, o.Rows - row);
            var count = inGroup == 0 && left >= Contract.GroupRows
                ? left & -Contract.GroupRows
                : Math.Min(Contract.GroupRows - inGroup, left);
            var group = count >= Contract.GroupRows ? default : new PartialGroup(partial, inGroup, count);
            Pipeline<TLanes, TLink>.Add(o, new Part(row, sliceRow + row, count, group), buffers, gradient, ref counts);
            row += count;
        }
    }

    /// <summary>The sums of the rows so far.</summary>
    internal static Totals Finish(Floats memory, nint parameters, int rows) =>
        LinkBlock<TLanes, TLink>.Finish(memory.At(2 * Lane.RoundUp(parameters)), rows);
}
