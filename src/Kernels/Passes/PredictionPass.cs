using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>μ(Xw) to the output, one float a row. With <see cref="Identity"/> it is the margin.</summary>
internal readonly struct PredictionPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static Question Question => Question.Margins;

    public static nint Workspace(int rows, nint parameters) => 0;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> stack = stackalloc float[Ring.Rows + Lane.Count - 1];
        var z = Floats.OnStack(stack);
        var lead = o.Rows > RowPlan.FewRows ? o.Plan.LeadOf(o.X, o.Stride) : 0;
        if (lead == 0)
            RunRows<TLanes>(o, o.View(default), new(0, 0, o.Rows), z);
        else
            RunLinedUp<TLanes>(o, lead, z);
        return default;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void RunLinedUp<TLanes>(in Operands o, int lead, Floats z)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> stack = stackalloc float[RowPlan.MostColumnsOnStack + (2 * Lane.Count) - 1];
        var w = Floats.OnStack(stack);
        var view = o.View(default);
        RunRows<TLanes>(o, view, new(0, 0, Lane.Count), z); // nothing is read before the first row of all
        RunRows<TLanes>(o, view.LinedUp<TLanes>(lead, w), new(Lane.Count, 0, o.Rows - Lane.Count), z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunRows<TLanes>(in Operands o, in RowView view, in RowRange rows, Floats z)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var i = 0; i < rows.Count; i += Ring.Rows)
        {
            // Nothing is read twice: the largest blocks.
            var some = new RowRange(rows.Row + i, 0, Math.Min(Ring.Rows, rows.Count - i));
            Stages<TLanes>.Margins(view, o.Plan, some, z);
            MarginShift<TLanes>.Add(o, some, z);
            Means<TLanes>(z, o.Output.At(some.Row), some.Count);
        }
    }

    public static Totals Run<TLanes>(in Operands o, in Workers workers, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        // Predictions that a cancellation can stop are made elsewhere first.
        using var elsewhere = workers.Token.CanBeCanceled ? new NativeFloats(o.Rows) : null;
        var all = o;
        all.Output = elsewhere?.Start ?? o.Output;
        RowsJob<Rows<TLanes>>.Run(all, workers);
        elsewhere?.Start.CopyTo(o.Output, o.Rows);
        return default;
    }

    private readonly struct Rows<TLanes> : IRowsWork
        where TLanes : struct, ILanes<TLanes>
    {
        public static void Run(in Operands o)
        {
            var unused = default(RowCounts);
            PredictionPass<TLink>.Run<TLanes>(o, ref unused);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Means<TLanes>(Floats z, Floats output, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        var i = 0;
        for (; i <= count - Lane.Count; i += Lane.Count)
            TLanes.Store(TLink.Mean(TLanes.Load(z.At(i))), output.At(i));
        if (i < count)
            TLanes.StoreFirst(TLink.Mean(TLanes.LoadFirst(z.At(i), count - i)), output.At(i), count - i);
    }
}
