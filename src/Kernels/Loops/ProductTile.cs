using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>
/// The multiply-adds of XᵀDX and Xᵀr in float64: C[j][k] = fma(Q[i][j], V[i][k], C[j][k]) for the rows i in order, four j and one vector of
/// k side by side. One chain an element, so no width and no cut of the rows changes a bit.
/// </summary>
internal static class ProductTile<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Columns of Q side by side.</summary>
    internal const int Height = 4;

    /// <summary>Adds the rows of a panel to a tile.</summary>
    /// <param name="q">The first of four columns of Q, in the first row.</param>
    /// <param name="v">The first of eight columns of V, in the first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="stride">float64 from one row of Q, and of V, to the next.</param>
    /// <param name="c">The tile.</param>
    /// <param name="cStride">float64 from one row of C to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(Floats q, Floats v, int rows, nint stride, Floats c, nint cStride)
    {
        var c0 = TLanes.Load(c);
        var c1 = TLanes.Load(c.AtDouble(cStride));
        var c2 = TLanes.Load(c.AtDouble(2 * cStride));
        var c3 = TLanes.Load(c.AtDouble(3 * cStride));
        for (var i = 0; i < rows; i++)
        {
            var x = TLanes.Load(v);
            c0 = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(q.Double(0)), x, c0);
            c1 = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(q.Double(1)), x, c1);
            c2 = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(q.Double(2)), x, c2);
            c3 = TLanes.MultiplyAddDouble(TLanes.BroadcastDouble(q.Double(3)), x, c3);
            (q, v) = (q.AtDouble(stride), v.AtDouble(stride));
        }

        TLanes.Store(c0, c);
        TLanes.Store(c1, c.AtDouble(cStride));
        TLanes.Store(c2, c.AtDouble(2 * cStride));
        TLanes.Store(c3, c.AtDouble(3 * cStride));
    }
}
