using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>A single row, in one method each: nothing on the way from the margin to the result goes through memory.</summary>
internal static class OneRow<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>The mean of one row.</summary>
    /// <param name="x">The row.</param>
    /// <param name="w">As many weights.</param>
    /// <param name="columns">How many.</param>
    /// <param name="intercept">The weight of the intercept; null for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Mean(Floats x, Floats w, int columns, Floats intercept)
    {
        var z = TLanes.Fold(Row<TLanes>.Dot(x, w, columns));
        if (!intercept.IsNull)
            z += intercept[0];
        return OneValue.First(TLink.Mean(OneValue.Broadcast(z)));
    }

    /// <summary>What the fused pass does with one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static Totals Gradient(in Operands o, Floats gradient)
    {
        var columns = o.Columns;
        var z = TLanes.Fold(Row<TLanes>.Dot(o.X, o.Weights, columns));
        if (o.HasIntercept)
            z += o.Intercept;

        LossBatch<TLanes> batch = default;
        var sum = LossSum<TLanes>.Empty;
        var r = TLanes.First(TLink.Residual(
            TLanes.SelectFirst(1, TLanes.Broadcast(z), TLanes.Broadcast(TLink.NeutralMargin)),
            TLanes.SelectFirst(1, TLanes.Broadcast(o.Y[0]), TLanes.Zero),
            default,
            ref batch,
            ref sum));
        var factor = TLanes.Broadcast(r);
        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
            TLanes.Store(TLanes.Add(TLanes.Zero, TLanes.Multiply(factor, TLanes.Load(o.X.At(j)))), gradient.At(j));
        var tail = (int)(columns - j);
        if (tail > 0)
            TLanes.StoreFirst(TLanes.Add(TLanes.Zero, TLanes.Multiply(factor, TLanes.LoadFirst(o.X.At(j), tail))), gradient.At(j), tail);
        if (o.HasIntercept)
            gradient[columns] = 0f + r;
        if (TLink.HasLogPart)
            sum.Add(ref batch);
        return new(sum.Total<TLink>(), 1.0);
    }
}
