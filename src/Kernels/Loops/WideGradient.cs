using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Rows;

namespace Kernels.Loops;

/// <summary>The gradient's share of rows of any length, by loops over the columns.</summary>
internal static class WideGradient<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private const int Eight = 8;

    private const int VeryLongRowParts = 16;

    /// <summary>g += Xᵀr for whole groups of rows.</summary>
    /// <remarks>Very long rows begin with the last columns, which the margins have read last: what the caches still hold of them is not read again.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void AddScaled<TAhead>(Floats x, nint stride, Floats r, Floats g, int columns, int rows)
        where TAhead : struct, IAhead
    {
        var part = columns <= Regime.EightLongRowColumns ? columns : columns / VeryLongRowParts & -Lane.Count;
        for (var end = columns; end > 0;)
        {
            var start = (end - 1) / part * part;
            AddColumns<TAhead>(x.At(start), stride, r, g.At(start), end - start, rows);
            end = start;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddColumns<TAhead>(Floats x, nint stride, Floats r, Floats g, int columns, int rows)
        where TAhead : struct, IAhead
    {
        var pairs = TLanes.ManyRegisters ? rows & -Eight : 0;
        AddTwoGroups<TAhead>(x, stride, r, g, columns, pairs);
        AddFour<TAhead>(x.At(pairs * stride), stride, r.At(pairs), g, columns, rows - pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddTwoGroups<TAhead>(Floats x, nint stride, Floats r, Floats g, int columns, int rows)
        where TAhead : struct, IAhead
    {
        for (var i = 0; i < rows; i += Eight, x = x.At(Eight * stride), r = r.At(Eight))
        {
            var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
            var (x4, x5, x6, x7) = (x.At(4 * stride), x.At(5 * stride), x.At(6 * stride), x.At(7 * stride));
            TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);
            TLanes.BroadcastFour(r.At(Contract.GroupRows), out var r4, out var r5, out var r6, out var r7);

            nint j = 0;
            var next = x;
            for (; j <= columns - Lane.Count; j += Lane.Count)
            {
                next = AskAhead<TAhead>(AskAhead<TAhead>(next));
                var c = TLanes.Multiply(r0, TLanes.Load(x0.At(j)));
                TLanes.MultiplyAdd(ref c, r1, x1, j);
                TLanes.MultiplyAdd(ref c, r2, x2, j);
                TLanes.MultiplyAdd(ref c, r3, x3, j);
                var d = TLanes.Multiply(r4, TLanes.Load(x4.At(j)));
                TLanes.MultiplyAdd(ref d, r5, x5, j);
                TLanes.MultiplyAdd(ref d, r6, x6, j);
                TLanes.MultiplyAdd(ref d, r7, x7, j);
                TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Load(g.At(j)), c), d), g.At(j));
            }

            var tail = (int)(columns - j);
            if (tail > 0)
            {
                var c = TLanes.Multiply(r0, TLanes.LoadFirst(x0.At(j), tail));
                c = TLanes.MultiplyAdd(r1, TLanes.LoadFirst(x1.At(j), tail), c);
                c = TLanes.MultiplyAdd(r2, TLanes.LoadFirst(x2.At(j), tail), c);
                c = TLanes.MultiplyAdd(r3, TLanes.LoadFirst(x3.At(j), tail), c);
                var d = TLanes.Multiply(r4, TLanes.LoadFirst(x4.At(j), tail));
                d = TLanes.MultiplyAdd(r5, TLanes.LoadFirst(x5.At(j), tail), d);
                d = TLanes.MultiplyAdd(r6, TLanes.LoadFirst(x6.At(j), tail), d);
                d = TLanes.MultiplyAdd(r7, TLanes.LoadFirst(x7.At(j), tail), d);
                TLanes.StoreFirst(TLanes.Add(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), d), g.At(j), tail);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddFour<TAhead>(Floats x, nint stride, Floats r, Floats g, int columns, int rows)
        where TAhead : struct, IAhead
    {
        for (var i = 0; i < rows; i += Contract.GroupRows, x = x.At(Contract.GroupRows * stride), r = r.At(Contract.GroupRows))
        {
            var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
            TLanes.BroadcastFour(r, out var r0, out var r1, out var r2, out var r3);

            nint j = 0;
            var next = x;
            for (; j <= columns - Lane.Count; j += Lane.Count)
            {
                next = AskAhead<TAhead>(next);
                var c = TLanes.Multiply(r0, TLanes.Load(x0.At(j)));
                TLanes.MultiplyAdd(ref c, r1, x1, j);
                TLanes.MultiplyAdd(ref c, r2, x2, j);
                TLanes.MultiplyAdd(ref c, r3, x3, j);
                TLanes.Store(TLanes.Add(TLanes.Load(g.At(j)), c), g.At(j));
            }

            var tail = (int)(columns - j);
            if (tail > 0)
            {
                var c = TLanes.Multiply(r0, TLanes.LoadFirst(x0.At(j), tail));
                c = TLanes.MultiplyAdd(r1, TLanes.LoadFirst(x1.At(j), tail), c);
                c = TLanes.MultiplyAdd(r2, TLanes.LoadFirst(x2.At(j), tail), c);
                c = TLanes.MultiplyAdd(r3, TLanes.LoadFirst(x3.At(j), tail), c);
                TLanes.StoreFirst(TLanes.Add(TLanes.LoadFirst(g.At(j), tail), c), g.At(j), tail);
            }
        }
    }
    // As many lines as four rows have of a vector, in the order of memory: it answers one stream faster than four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats AskAhead<TAhead>(Floats x)
        where TAhead : struct, IAhead
    {
        TAhead.Ask(x);
        TAhead.Ask(x.At(Lane.Count));
        TAhead.Ask(x.At(2 * Lane.Count));
        TAhead.Ask(x.At(3 * Lane.Count));
        return x.At(Contract.GroupRows * Lane.Count);
    }
}
