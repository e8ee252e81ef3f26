using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// Rows from memory one at a time: a row's margin, its residual and its share of the gradient, then the next row. As a row is read for the
/// second time, the hardware runs ahead of the reader into the next one, and a core looks ahead to there too. The sum of a group of rows
/// waits in memory of its own until the group is whole.
/// </summary>
/// <remarks>
/// The bits are those of blocks (ARITHMETIC.md, 1 to 4). The loss of sixteen rows is added by the link of blocks, which computes their
/// residuals once more.
/// </remarks>
internal static class RowByRow<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    // Columns that a turn of the loop takes.
    private const int Unroll = 4 * Lane.Count;

    /// <summary>Adds a multiple of sixteen rows to a slice.</summary>
    /// <param name="o">The operands; at most <see cref="Regime.RowByRowColumns"/> columns.</param>
    /// <param name="firstRow">The first of the rows in X.</param>
    /// <param name="sliceRow">Its number in the slice, a multiple of sixteen.</param>
    /// <param name="rows">How many.</param>
    /// <param name="z">Room for a vector.</param>
    /// <param name="r">Room for a vector.</param>
    /// <param name="state">The loss so far.</param>
    /// <param name="gradient">The gradient so far.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(in Operands o, nint firstRow, int sliceRow, int rows, Floats z, Floats r, Floats state, Floats gradient)
    {
        Span<float> stack = stackalloc float[Regime.RowByRowColumns + Lane.Count - 1];
        var partial = Floats.OnStack(stack);
        var ahead = Regime.AsksAhead(o.AllRows, o.Columns, o.Stride);
        for (var i = 0; i < rows; i += Lane.Count)
        {
            if (ahead)
                Sixteen<Ahead>(o, firstRow + i, z, partial, gradient);
            else
                Sixteen<NotAhead>(o, firstRow + i, z, partial, gradient);
            LinkBlock<TLanes, TLink>.Residuals(z, o.Y.At(firstRow + i), default, r, sliceRow + i, Lane.Count, state);
            if (o.HasIntercept)
                RowBlock<TLanes>.AddInterceptColumn(r, Lane.Count, gradient, o.Columns);
        }
    }

    // In a method of its own: nothing is called in it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sixteen<TAhead>(in Operands o, nint firstRow, Floats z, Floats partial, Floats gradient)
        where TAhead : struct, IAhead
    {
        for (var k = 0; k < Lane.Count; k++)
        {
            var row = firstRow + k;
            var x = o.Row(row);
            var margin = TLanes.Fold(LongMargins<TLanes>.Dot<NotAhead>(x, o.Weights, o.Columns));
            if (o.HasIntercept)
                margin += o.Intercept;
            if (!o.Offset.IsNull)
                margin += o.Offset[row];
            z[k] = margin;
            var residual = LinkBlock<TLanes, TLink>.Residual(TLanes.Broadcast(margin), TLanes.Broadcast(o.Y[row]));
            switch (k % Contract.GroupRows)
            {
                case 0:
                    AddRow<TAhead>(x, residual, partial, gradient, o.Columns, begins: true, ends: false);
                    break;
                case Contract.GroupRows - 1:
                    AddRow<TAhead>(x, residual, partial, gradient, o.Columns, begins: false, ends: true);
                    break;
                default:
                    AddRow<TAhead>(x, residual, partial, gradient, o.Columns, begins: false, ends: false);
                    break;
            }
        }
    }

    // c = r·x for the first row of a group, c = fma(r, x, c) for the others, g += c with the last one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TAhead>(Floats x, TLanes r, Floats partial, Floats g, int columns, bool begins, bool ends)
        where TAhead : struct, IAhead
    {
        nint j = 0;
        for (; j <= columns - Unroll; j += Unroll)
        {
            AddVector<TAhead>(x.At(j), r, partial.At(j), g.At(j), begins, ends);
            AddVector<TAhead>(x.At(j + Lane.Count), r, partial.At(j + Lane.Count), g.At(j + Lane.Count), begins, ends);
            AddVector<TAhead>(x.At(j + (2 * Lane.Count)), r, partial.At(j + (2 * Lane.Count)), g.At(j + (2 * Lane.Count)), begins, ends);
            AddVector<TAhead>(x.At(j + (3 * Lane.Count)), r, partial.At(j + (3 * Lane.Count)), g.At(j + (3 * Lane.Count)), begins, ends);
        }

        for (; j <= columns - Lane.Count; j += Lane.Count)
            AddVector<TAhead>(x.At(j), r, partial.At(j), g.At(j), begins, ends);
        var tail = (int)(columns - j);
        if (tail == 0)
            return;
        TAhead.Ask(x.At(j));
        var last = TLanes.LoadFirst(x.At(j), tail);
        var c = begins ? TLanes.Multiply(r, last) : TLanes.MultiplyAdd(r, last, TLanes.Load(partial.At(j)));
        if (ends)
            TLanes.StoreFirst(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), g.At(j), tail);
        else
            TLanes.Store(c, partial.At(j));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddVector<TAhead>(Floats x, TLanes r, Floats partial, Floats g, bool begins, bool ends)
        where TAhead : struct, IAhead
    {
        TAhead.Ask(x);
        TLanes c;
        if (begins)
        {
            c = TLanes.Multiply(r, TLanes.Load(x));
        }
        else
        {
            c = TLanes.Load(partial);
            TLanes.MultiplyAdd(ref c, r, x);
        }

        if (ends)
            TLanes.Store(TLanes.Add(TLanes.Load(g), c), g);
        else
            TLanes.Store(c, partial);
    }
}
