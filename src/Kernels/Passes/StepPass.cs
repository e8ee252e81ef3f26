using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>w ← w − α·∇J in place, or nothing at all when a new weight would not be finite.</summary>
internal readonly struct StepPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static Question Question => Question.Gradient;

    public static nint Workspace(int rows, nint parameters) =>
        checked(Lane.RoundUp(parameters) + FusedPass<ScalarLanes, TLink>.Workspace(rows, parameters));

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        var gradient = o.Workspace;
        var pass = o;
        pass.Workspace = gradient.At(Lane.RoundUp(o.Parameters));
        var sums = FusedPass<TLanes, TLink>.Gradient(pass, gradient, ref counts);
        return Move<TLanes>(o, gradient, sums, ref counts);
    }

    public static Totals Run<TLanes>(in Operands o, in Workers workers, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        using var gradient = workers.RoomOf(Use.Gradient, Lane.RoundUp(o.Parameters));
        var sums = ParallelPass<TLanes, TLink>.Gradient(o, gradient.Start, workers, ref counts);
        return Move<TLanes>(o, gradient.Start, sums, ref counts);
    }

    private static Totals Move<TLanes>(in Operands o, Floats gradient, Totals sums, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        if (o.L2 != 0f)
        {
            sums = new(sums.Loss + Ridge.Of<TLanes>(o), sums.Weight);
            Ridge.AddTo<TLanes>(o, o.Weights, gradient);
        }

        counts.Applied = Propose<TLanes>(o, gradient);
        if (counts.Applied)
            Apply<TLanes>(o, gradient);
        return sums;
    }

    // gradient ← fma(−α, gradient, w); true when every element of it is finite, and then so was the gradient: α·∞ and 0·∞ are
    // not finite.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static bool Propose<TLanes>(in Operands o, Floats gradient)
        where TLanes : struct, ILanes<TLanes>
    {
        // v − v is +0 for a finite v and NaN otherwise; bits that are set stay set, without the latency of an addition.
        var bad = TLanes.Zero;
        var rate = TLanes.Broadcast(-o.LearningRate);
        nint j = 0;
        for (; j <= o.Parameters - Lane.Count; j += Lane.Count)
        {
            var w = TLanes.MultiplyAdd(rate, TLanes.Load(gradient.At(j)), TLanes.Load(o.Weights.At(j)));
            bad = Or(bad, TLanes.Subtract(w, w));
            TLanes.Store(w, gradient.At(j));
        }

        var tail = (int)(o.Parameters - j);
        if (tail > 0)
        {
            var w = TLanes.MultiplyAdd(rate, TLanes.LoadFirst(gradient.At(j), tail), TLanes.LoadFirst(o.Weights.At(j), tail));
            bad = Or(bad, TLanes.Subtract(w, w));
            TLanes.StoreFirst(w, gradient.At(j), tail);
        }

        return TLanes.Fold(bad) == 0f;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Or<TLanes>(TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> => TLanes.Select(a, a, b);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Apply<TLanes>(in Operands o, Floats proposed)
        where TLanes : struct, ILanes<TLanes>
    {
        nint j = 0;
        for (; j <= o.Parameters - Lane.Count; j += Lane.Count)
            TLanes.Store(TLanes.Load(proposed.At(j)), o.Weights.At(j));
        var tail = (int)(o.Parameters - j);
        if (tail > 0)
            TLanes.StoreFirst(TLanes.LoadFirst(proposed.At(j), tail), o.Weights.At(j), tail);
    }
}
