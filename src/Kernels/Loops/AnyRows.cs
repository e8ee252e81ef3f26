using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>
/// The gradient's share of one group of rows, or a part of one, whatever is special about it: fewer rows, rows left out, squared columns, a
/// group that goes on in another call. The plainest of the loops: what the others are tested against (PlanTests).
/// </summary>
internal static class AnyRows<TLanes, TTerm>
    where TLanes : struct, ILanes<TLanes>
    where TTerm : struct, IColumnTerm
{
    /// <summary>c = Σ rᵢ·xᵢ over the rows whose bit in <paramref name="leftOut"/> is not set; then g += c, or c to the open
    /// group.</summary>
    /// <param name="block">Rows of one group.</param>
    /// <param name="ring">The ring of residuals.</param>
    /// <param name="leftOut">A bit a row.</param>
    /// <param name="open">The group's partial sum, if it does not begin and end here.</param>
    /// <param name="g">The gradient.</param>
    /// <remarks>A row left out has r = 0: fma(0, x, c) = c but for the sign of a zero, which g + c loses.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add(in Block block, Floats ring, uint leftOut, PartialGroup open, Floats g)
    {
        var (x, stride, columns, rows) = (block.X, block.Stride, block.Columns, block.Rows);
        var r = ring.At(block.Row & Ring.Mask);
        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            var c = open.Begins ? TLanes.Zero : TLanes.Load(open.Partial.At(j));
            for (var i = 0; i < rows; i++)
            {
                if ((leftOut >> i & 1) == 0)
                    c = TTerm.Add(TLanes.Broadcast(r[i]), TLanes.Load(x.At((i * stride) + j)), c);
            }

            if (open.Ends)
                TLanes.Store(TLanes.Add(TLanes.Load(g.At(j)), c), g.At(j));
            else
                TLanes.Store(c, open.Partial.At(j));
        }

        var tail = (int)(columns - j);
        if (tail > 0)
        {
            var c = open.Begins ? TLanes.Zero : TLanes.LoadFirst(open.Partial.At(j), tail);
            for (var i = 0; i < rows; i++)
            {
                if ((leftOut >> i & 1) == 0)
                    c = TTerm.Add(TLanes.Broadcast(r[i]), TLanes.LoadFirst(x.At((i * stride) + j), tail), c);
            }

            if (open.Ends)
                TLanes.StoreFirst(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), g.At(j), tail);
            else
                TLanes.StoreFirst(c, open.Partial.At(j), tail);
        }
    }

    /// <summary>The same for the intercept's column of ones: fma(r, 1, c) = c + r.</summary>
    internal static void AddOnes(Floats r, int rows, PartialGroup open, Floats g, int column)
    {
        var c = open.Begins ? 0f : open.Partial[column];
        for (var i = 0; i < rows; i++)
            c += r[i];
        var partial = open.Partial;
        if (open.Ends)
            g[column] += c;
        else
            partial[column] = c;
    }
}

/// <summary>What an element of X adds to its column.</summary>
internal interface IColumnTerm
{
    static abstract TLanes Add<TLanes>(TLanes r, TLanes x, TLanes c)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>c + r·x.</summary>
internal readonly struct Linear : IColumnTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Add<TLanes>(TLanes r, TLanes x, TLanes c)
        where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(r, x, c);
}

/// <summary>c + (r·x)·x, where r is at most 1 in logistic regression and x² may be too large.</summary>
internal readonly struct Squared : IColumnTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Add<TLanes>(TLanes r, TLanes x, TLanes c)
        where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(TLanes.Multiply(r, x), x, c);
}
