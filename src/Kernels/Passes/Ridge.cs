using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Rows;

namespace Kernels.Passes;

/// <summary>The penalty ½·λ·Σwⱼ², added after the reduction; the intercept is not penalised.</summary>
internal static class Ridge
{
    /// <summary>g += λ·v for the columns, v being the weights, a direction, or ones for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void AddTo<TLanes>(in Operands o, Floats v, Floats gradient)
        where TLanes : struct, ILanes<TLanes>
    {
        var (lambda, one) = (TLanes.Broadcast(o.L2), TLanes.Broadcast(1f));
        for (nint j = 0; j < o.Columns; j += Lane.Count)
        {
            var count = (int)Math.Min(Lane.Count, o.Columns - j);
            var factor = v.IsNull ? one : TLanes.LoadFirst(v.At(j), count);
            TLanes.StoreFirst(TLanes.MultiplyAdd(lambda, factor, TLanes.LoadFirst(gradient.At(j), count)), gradient.At(j), count);
        }
    }

    /// <summary>½·λ·Σwⱼ² in float64, where the squares are exact: column j goes to lane j mod 8, the lanes fold in
    /// halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static double Of<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes>
    {
        var squares = TLanes.Zero;
        for (nint j = 0; j < o.Columns; j += Lane.Count)
        {
            var w = TLanes.LoadFirst(o.Weights.At(j), (int)Math.Min(Lane.Count, o.Columns - j));
            squares = TLanes.MultiplyAddDouble(TLanes.WidenLower(w), TLanes.WidenLower(w), squares);
            squares = TLanes.MultiplyAddDouble(TLanes.WidenUpper(w), TLanes.WidenUpper(w), squares);
        }

        return 0.5 * o.L2 * TLanes.FoldDouble(squares);
    }
}
