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

/// <summary>The shape of a tile: constants for the compiler.</summary>
internal interface ITileShape
{
    /// <summary>Columns of Q side by side: 2, 6 or 8.</summary>
    static abstract int Columns { get; }

    /// <summary>Vectors of columns of V side by side: 1 or 2.</summary>
    static abstract int Vectors { get; }
}

/// <summary>Twelve accumulators in sixteen registers, where a vector is two of them.</summary>
internal readonly struct SixByOne : ITileShape
{
    public static int Columns => 6;

    public static int Vectors => 1;
}

/// <summary>Sixteen accumulators where a vector is one of thirty-two registers.</summary>
internal readonly struct EightByTwo : ITileShape
{
    public static int Columns => 8;

    public static int Vectors => 2;
}

/// <summary>The same, where one vector is left.</summary>
internal readonly struct EightByOne : ITileShape
{
    public static int Columns => 8;

    public static int Vectors => 1;
}

/// <summary>The last two columns: with an intercept and a number of columns that eight divides, that and the residuals. Tiles of eight
/// threw away six of them there, a quarter of all at 32 columns.</summary>
internal readonly struct TwoByTwo : ITileShape
{
    public static int Columns => 2;

    public static int Vectors => 2;
}

/// <summary>The same, where one vector is left.</summary>
internal readonly struct TwoByOne : ITileShape
{
    public static int Columns => 2;

    public static int Vectors => 1;
}

/// <summary>
/// The multiply-adds of XᵀDX and Xᵀr: c[j][k] = fma(Q[i][j], V[i][k], c[j][k]) for the rows i of a panel in order, some j and one or
/// two vectors of k side by side. One chain an element, so no width and no tile changes a bit.
/// </summary>
/// <remarks>In float64 the chain goes on from panel to panel; in float32 it starts at 0 in every panel, and is added to the sum at its end.
/// Four j side by side were eight accumulators in sixteen registers, which is the latency of a multiply-add and no more: 20 to 25 % slower.
/// </remarks>
internal static class ProductTile<TLanes, TElement, TShape>
    where TLanes : struct, ILanes<TLanes>
    where TElement : struct, IElement
    where TShape : struct, ITileShape
{
    /// <summary>Adds the rows of a panel to a tile.</summary>
    /// <param name="q">The first of the columns of Q, in the first row.</param>
    /// <param name="v">The first column of V, in the first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="stride">Floats from one row of Q, and of V, to the next.</param>
    /// <param name="c">The tile.</param>
    /// <param name="cStride">Floats from one row of C to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(Floats q, Floats v, int rows, nint stride, Floats c, nint cStride)
    {
        Load(c, cStride, 0, 2, out var c0, out var d0, out var c1, out var d1);
        Load(c, cStride, 2, 6, out var c2, out var d2, out var c3, out var d3);
        Load(c, cStride, 4, 6, out var c4, out var d4, out var c5, out var d5);
        Load(c, cStride, 6, 8, out var c6, out var d6, out var c7, out var d7);
        for (var i = 0; i < rows; i++)
        {
            var x = TLanes.Load(v);
            var y = TShape.Vectors == 2 ? TLanes.Load(v.At(Lane.Count)) : default;
            Step(q, 0, x, y, ref c0, ref d0);
            Step(q, 1, x, y, ref c1, ref d1);
            if (TShape.Columns >= 6)
            {
                Step(q, 2, x, y, ref c2, ref d2);
                Step(q, 3, x, y, ref c3, ref d3);
                Step(q, 4, x, y, ref c4, ref d4);
                Step(q, 5, x, y, ref c5, ref d5);
            }

            if (TShape.Columns >= 8)
            {
                Step(q, 6, x, y, ref c6, ref d6);
                Step(q, 7, x, y, ref c7, ref d7);
            }

            (q, v) = (q.At(stride), v.At(stride));
        }

        Store(c, cStride, 0, 2, c0, d0, c1, d1);
        Store(c, cStride, 2, 6, c2, d2, c3, d3);
        Store(c, cStride, 4, 6, c4, d4, c5, d5);
        Store(c, cStride, 6, 8, c6, d6, c7, d7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Floats q, int j, TLanes x, TLanes y, ref TLanes left, ref TLanes right)
    {
        if (typeof(TElement) == typeof(InDouble))
        {
            var factor = TLanes.BroadcastDouble(q.Double(j));
            left = TLanes.MultiplyAddDouble(factor, x, left);
            if (TShape.Vectors == 2)
                right = TLanes.MultiplyAddDouble(factor, y, right);
        }
        else
        {
            var factor = TLanes.Broadcast(q[j]);
            left = TLanes.MultiplyAdd(factor, x, left);
            if (TShape.Vectors == 2)
                right = TLanes.MultiplyAdd(factor, y, right);
        }
    }

    // Two rows of C from j on, which only tiles of so many columns have.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        Floats c, nint stride, int j, int columns, out TLanes left, out TLanes right, out TLanes left1, out TLanes right1)
    {
        (left, right, left1, right1) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        if (TShape.Columns < columns || typeof(TElement) == typeof(InSingle))
            return;
        (left, left1) = (TLanes.Load(c.At(j * stride)), TLanes.Load(c.At((j + 1) * stride)));
        if (TShape.Vectors == 2)
            (right, right1) = (TLanes.Load(c.At((j * stride) + Lane.Count)), TLanes.Load(c.At(((j + 1) * stride) + Lane.Count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Floats c, nint stride, int j, int columns, TLanes left, TLanes right, TLanes left1, TLanes right1)
    {
        if (TShape.Columns < columns)
            return;
        Store(left, c.At(j * stride));
        Store(left1, c.At((j + 1) * stride));
        if (TShape.Vectors == 1)
            return;
        Store(right, c.At((j * stride) + Lane.Count));
        Store(right1, c.At(((j + 1) * stride) + Lane.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes sum, Floats c) =>
        TLanes.Store(typeof(TElement) == typeof(InSingle) ? TLanes.Add(TLanes.Load(c), sum) : sum, c);
}
