using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Of what the products of a panel are: a constant for the compiler.</summary>
internal interface IElement;

/// <summary>float32, sixteen to a vector.</summary>
internal readonly struct InSingle : IElement;

/// <summary>The same, where a chain was begun before, or goes on in another call.</summary>
internal readonly struct InOpenSingle : IElement;

/// <summary>float64, eight to a vector.</summary>
internal readonly struct InDouble : IElement;

/// <summary>How many vectors of columns are side by side: a constant for the compiler.</summary>
internal interface IVectorCount;

/// <summary>One: twelve accumulators in sixteen registers, where a vector is two of them.</summary>
internal readonly struct OneVector : IVectorCount;

/// <summary>Two: twelve accumulators where a vector is one of thirty-two registers.</summary>
internal readonly struct TwoVectors : IVectorCount;

/// <summary>
/// The multiply-adds of XᵀDX and Xᵀr: c[j][k] = fma(Q[i][j], V[i][k], c[j][k]) for the rows i of a panel in order, six or eight j and one
/// or two vectors of k side by side. One chain an element, so no width and no tile changes a bit.
/// </summary>
/// <remarks>In float64 the chain goes on from panel to panel; in float32 it starts at 0 in every panel, and is added to the sum at its end.
/// Four j side by side were eight accumulators in sixteen registers, which is the latency of a multiply-add and no more: 20 to 25 % slower.
/// </remarks>
internal static class ProductTile<TLanes, TElement, TVectors>
    where TLanes : struct, ILanes<TLanes>
    where TElement : struct, IElement
    where TVectors : struct, IVectorCount
{
    /// <summary>Columns of Q side by side.</summary>
    internal static int Height => TLanes.ManyRegisters ? 8 : 6;

    /// <summary>Adds the rows of a panel to a tile.</summary>
    /// <param name="q">The first of <see cref="Height"/> columns of Q, in the first row.</param>
    /// <param name="v">The first column of V, in the first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="stride">Floats from one row of Q, and of V, to the next.</param>
    /// <param name="c">The tile.</param>
    /// <param name="cStride">Floats from one row of C to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(Floats q, Floats v, int rows, nint stride, Floats c, nint cStride)
    {
        var (c0, c1, c2) = (First(c), First(c.At(cStride)), First(c.At(2 * cStride)));
        var (c3, c4, c5) = (First(c.At(3 * cStride)), First(c.At(4 * cStride)), First(c.At(5 * cStride)));
        var (d0, d1, d2, d3, d4, d5) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (c6, c7, d6, d7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        if (TLanes.ManyRegisters)
            (c6, c7) = (First(c.At(6 * cStride)), First(c.At(7 * cStride)));
        if (typeof(TVectors) == typeof(TwoVectors))
        {
            var right = c.At(Lane.Count);
            (d0, d1, d2) = (First(right), First(right.At(cStride)), First(right.At(2 * cStride)));
            (d3, d4, d5) = (First(right.At(3 * cStride)), First(right.At(4 * cStride)), First(right.At(5 * cStride)));
            if (TLanes.ManyRegisters)
                (d6, d7) = (First(right.At(6 * cStride)), First(right.At(7 * cStride)));
        }

        for (var i = 0; i < rows; i++)
        {
            var x = TLanes.Load(v);
            var y = typeof(TVectors) == typeof(TwoVectors) ? TLanes.Load(v.At(Lane.Count)) : default;
            Step(q, 0, x, y, ref c0, ref d0);
            Step(q, 1, x, y, ref c1, ref d1);
            Step(q, 2, x, y, ref c2, ref d2);
            Step(q, 3, x, y, ref c3, ref d3);
            Step(q, 4, x, y, ref c4, ref d4);
            Step(q, 5, x, y, ref c5, ref d5);
            if (TLanes.ManyRegisters)
            {
                Step(q, 6, x, y, ref c6, ref d6);
                Step(q, 7, x, y, ref c7, ref d7);
            }

            (q, v) = (q.At(stride), v.At(stride));
        }

        Last(c0, c);
        Last(c1, c.At(cStride));
        Last(c2, c.At(2 * cStride));
        Last(c3, c.At(3 * cStride));
        Last(c4, c.At(4 * cStride));
        Last(c5, c.At(5 * cStride));
        if (TLanes.ManyRegisters)
        {
            Last(c6, c.At(6 * cStride));
            Last(c7, c.At(7 * cStride));
        }

        if (typeof(TVectors) == typeof(TwoVectors))
        {
            c = c.At(Lane.Count);
            Last(d0, c);
            Last(d1, c.At(cStride));
            Last(d2, c.At(2 * cStride));
            Last(d3, c.At(3 * cStride));
            Last(d4, c.At(4 * cStride));
            Last(d5, c.At(5 * cStride));
            if (TLanes.ManyRegisters)
            {
                Last(d6, c.At(6 * cStride));
                Last(d7, c.At(7 * cStride));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Floats q, int j, TLanes x, TLanes y, ref TLanes left, ref TLanes right)
    {
        if (typeof(TElement) == typeof(InDouble))
        {
            var factor = TLanes.BroadcastDouble(q.Double(j));
            left = TLanes.MultiplyAddDouble(factor, x, left);
            if (typeof(TVectors) == typeof(TwoVectors))
                right = TLanes.MultiplyAddDouble(factor, y, right);
        }
        else
        {
            var factor = TLanes.Broadcast(q[j]);
            left = TLanes.MultiplyAdd(factor, x, left);
            if (typeof(TVectors) == typeof(TwoVectors))
                right = TLanes.MultiplyAdd(factor, y, right);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes First(Floats c) => typeof(TElement) == typeof(InSingle) ? TLanes.Zero : TLanes.Load(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Last(TLanes sum, Floats c) =>
        TLanes.Store(typeof(TElement) == typeof(InSingle) ? TLanes.Add(TLanes.Load(c), sum) : sum, c);
}
