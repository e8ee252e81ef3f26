using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// Rows from memory one at a time: a row's margin, its residual and its share of the gradient, then the next row. As a row is read for the
/// second time, the hardware's prefetcher runs ahead of the reader into the next one, and so does the out-of-order window. The sum of a
/// group of rows waits in memory of its own until the group is whole.
/// </summary>
internal static class RowByRow<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>
    /// The margins of sixteen rows, the first of a group, to <paramref name="z"/>, and their share to the gradient; their loss is left out.
    /// </summary>
    /// <remarks>In a method of its own: nothing is called in it. The failed idea: a call a row each for margin, link and share, 8 to 10 %
    /// slower.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Sixteen<TChains, TPrefetch>(in Operands o, in RowView view, nint firstRow, Floats z, Floats partial)
        where TChains : struct, IChains
        where TPrefetch : struct, IPrefetch
    {
        var (x, g, columns) = (view.X.At(firstRow * view.Stride), view.Gradient, view.Columns);
        for (var k = 0; k < Lane.Count; k++, x = x.At(view.Stride))
        {
            var row = firstRow + k;
            var margin = TLanes.Fold(Row<TLanes>.Dot<TChains, NoPrefetch>(x, view.Weights, columns));
            if (o.HasIntercept)
                margin += o.Intercept;
            if (!o.Offset.IsNull)
                margin += o.Offset[row];
            z[k] = margin;
            var residual = LinkBlock<TLanes, TLink>.Residual(TLanes.Broadcast(margin), TLanes.Broadcast(o.Y[row]));
            switch (k % Contract.GroupRows)
            {
                case 0:
                    Row<TLanes>.Share<FirstOfGroup, TPrefetch>(x, residual, partial, g, columns);
                    break;
                case Contract.GroupRows - 1:
                    Row<TLanes>.Share<LastOfGroup, TPrefetch>(x, residual, partial, g, columns);
                    break;
                default:
                    Row<TLanes>.Share<MiddleOfGroup, TPrefetch>(x, residual, partial, g, columns);
                    break;
            }
        }
    }
}
