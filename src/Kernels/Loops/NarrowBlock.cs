using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Rows;

namespace Kernels.Loops;

/// <summary>The primitives of <see cref="NarrowRows{TLanes, TVectors}"/> for as many vectors as a row has, which become a constant for the compiler.</summary>
internal static class NarrowBlock<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>The margins of a multiple of eight rows to <paramref name="result"/>, by weights; or the gradient's share of whole groups to it, by residuals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Run<TAhead>(Floats x, nint stride, Floats factors, int columns, Floats result, int rows, bool add)
        where TAhead : struct, IAhead
    {
        if (rows == 0)
            return;
        if (columns > 0 && columns % Lane.Count == 0)
        {
            switch (columns / Lane.Count)
            {
                case 1:
                    NarrowRows<TLanes, Whole<One>>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                    return;
                case 2:
                    NarrowRows<TLanes, Whole<Two>>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                    return;
                case 3:
                    NarrowRows<TLanes, Whole<Three>>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                    return;
                default:
                    NarrowRows<TLanes, Whole<Four>>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                    return;
            }
        }

        switch (columns / Lane.Count)
        {
            case 0:
                NarrowRows<TLanes, One>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                return;
            case 1:
                NarrowRows<TLanes, Two>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                return;
            case 2:
                NarrowRows<TLanes, Three>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                return;
            default:
                NarrowRows<TLanes, Four>.Run<TAhead>(x, stride, factors, columns, result, rows, add);
                return;
        }
    }

    /// <summary>For narrow rows, a multiple of sixteen: their margins, and the gradient's share of as many rows, <paramref name="lag"/> before; sums is room for four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void MarginsAndScaled<TAhead>(in Operands o, nint row, int count, int lag, Floats z, Floats sums, Floats r, Floats gradient)
        where TAhead : struct, IAhead
    {
        var (x, columns, back) = (o.Row(row), o.Columns, lag * o.Stride);
        if (columns % Lane.Count == 0)
        {
            switch (columns / Lane.Count)
            {
                case 1:
                    NarrowRows<TLanes, Whole<One>>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
                case 2:
                    NarrowRows<TLanes, Whole<Two>>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
                case 3:
                    NarrowRows<TLanes, Whole<Three>>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
                default:
                    NarrowRows<TLanes, Whole<Four>>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
            }
        }
        else
        {
            switch (columns / Lane.Count)
            {
                case 0:
                    NarrowRows<TLanes, One>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
                case 1:
                    NarrowRows<TLanes, Two>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
                case 2:
                    NarrowRows<TLanes, Three>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
                default:
                    NarrowRows<TLanes, Four>.MarginsAndScaled<TAhead>(x, o.Stride, back, o.Weights, columns, z, sums, r, gradient, count);
                    break;
            }
        }

        RowBlock<TLanes>.Shift(o, row, count, z);
    }
}
