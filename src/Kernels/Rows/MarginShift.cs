using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>What margins have beside x·w: the intercept, then the offset (ARITHMETIC.md, 1).</summary>
internal static class MarginShift<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Adds both, as far as there are any, to margins in their ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(in Operands o, in RowRange rows, Floats z)
    {
        if (o.HasIntercept)
            AddIntercept(o.Intercept, rows, z);
        if (!o.Offset.IsNull)
            AddOffset(o.Offset.At(rows.Row), rows, z);
    }

    // Whole vectors: nobody reads those beyond the last row.
    internal static void AddIntercept(float intercept, in RowRange rows, Floats z)
    {
        var b = TLanes.Broadcast(intercept);
        for (var i = 0; i < rows.Count; i += Lane.Count)
        {
            var at = z.At((rows.Number + i) & Ring.Mask);
            TLanes.Store(TLanes.Add(TLanes.Load(at), b), at);
        }
    }

    private static void AddOffset(Floats offset, in RowRange rows, Floats z)
    {
        for (var i = 0; i < rows.Count; i += Lane.Count)
        {
            var at = z.At((rows.Number + i) & Ring.Mask);
            TLanes.Store(TLanes.Add(TLanes.Load(at), TLanes.LoadFirst(offset.At(i), Math.Min(Lane.Count, rows.Count - i))), at);
        }
    }
}
