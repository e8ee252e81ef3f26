using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>J and its derivative along a line, from the margins alone: X holds z = Xw, one column; the direction holds q = Xd; the rate is
/// t.</summary>
internal readonly struct LinePass<TLink>
    where TLink : struct, ILink
{
    /// <returns>The loss, and the slope in the place of the weight.</returns>
    internal static Totals Run<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes>
    {
        var tree = new SliceTree<TLanes>(o.Rows, 0, default);
        for (nint i = 0; i < o.Rows; i += Contract.SliceRows)
            tree.Add(Slice<TLanes>(o, i, (int)Math.Min(Contract.SliceRows, o.Rows - i)), default);
        return tree.Node(default, default);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Totals Slice<TLanes>(in Operands o, nint firstRow, int rows)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> stack = stackalloc float[SliceBuffers.Size + LinkBlock<TLanes, TLink>.StateFloats + Lane.Count - 1];
        var start = Floats.OnStack(stack);
        var buffers = new SliceBuffers(start, start.At(SliceBuffers.Size));
        LinkBlock<TLanes, TLink>.Start(buffers.State);
        var slope = TLanes.Zero;
        for (var row = 0; row < rows; row += Ring.Rows)
        {
            var (first, count) = (firstRow + row, Math.Min(Ring.Rows, rows - row));
            var s = o.SampleWeights.At(first);
            Move<TLanes>(o.X.At(first), o.Direction.At(first), o.LearningRate, buffers.Margins, count);
            LinkBlock<TLanes, TLink>.Residuals(buffers, o.Y.At(first), s, 0, row, count);
            AddSlope(o.Direction.At(first), s, buffers.Residuals, count, ref slope);
        }

        return new(LinkBlock<TLanes, TLink>.Finish(buffers.State, rows).Loss, TLanes.FoldDouble(slope));
    }

    // z + t·q
    private static void Move<TLanes>(Floats z, Floats q, float t, Floats moved, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        var step = TLanes.Broadcast(t);
        for (var i = 0; i < count; i += Lane.Count)
        {
            var rows = Math.Min(Lane.Count, count - i);
            TLanes.Store(TLanes.MultiplyAdd(step, TLanes.LoadFirst(q.At(i), rows), TLanes.LoadFirst(z.At(i), rows)), moved.At(i));
        }
    }

    // Σ r·q in float64, where the product is exact. What a row of weight 0 holds is not looked at.
    private static void AddSlope<TLanes>(Floats q, Floats s, Floats r, int count, ref TLanes slope)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var i = 0; i < count; i += Lane.Count)
        {
            var rows = Math.Min(Lane.Count, count - i);
            var (residual, along) = (TLanes.LoadFirst(r.At(i), rows), TLanes.LoadFirst(q.At(i), rows));
            if (TLink.HasSampleWeights)
                along = SampleWeight.SelectZero(TLanes.LoadFirst(s.At(i), rows), TLanes.Zero, along);
            slope = TLanes.MultiplyAddDouble(TLanes.WidenLower(residual), TLanes.WidenLower(along), slope);
            slope = TLanes.MultiplyAddDouble(TLanes.WidenUpper(residual), TLanes.WidenUpper(along), slope);
        }
    }
}
