using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>μ(Xw) to the output, one float a row. With <see cref="Identity"/> it is the margin.</summary>
internal readonly struct PredictionPass<TLink> : IParallelPass
    where TLink : struct, ILink
{
    public static nint Workspace(int rows, nint parameters) => 0;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> stack = stackalloc float[Regime.MostRows + Lane.Count - 1];
        var z = Floats.OnStack(stack);
        if (o.Rows <= Regime.FewRows || !RunLeading<TLanes>(o, z))
            RunBlocks<TLanes>(o, 0, z);
        return default;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static bool RunLeading<TLanes>(in Operands o, Floats z)
        where TLanes : struct, ILanes<TLanes>
    {
        var lead = Regime.BlockLeadOf(o.AllRows, o.Columns, o.X.Lead(o.Stride), TLanes.ManyRegisters, gradientToo: false);
        if (lead <= 0)
            return false;
        Span<float> stack = stackalloc float[Regime.LeadingColumns + (2 * Lane.Count) - 1];
        var leading = o;
        (leading.Lead, leading.LeadingWeights) = (lead, Floats.OnStack(stack));
        RowBlock<TLanes>.CopyWithLead(o.Weights, o.Columns, lead, leading.LeadingWeights);

        // Nothing is read before the first row of all.
        var first = o;
        first.Rows = Lane.Count;
        RunBlocks<TLanes>(first, 0, z);
        RunBlocks<TLanes>(leading, Lane.Count, z);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunBlocks<TLanes>(in Operands o, nint row, Floats z)
        where TLanes : struct, ILanes<TLanes>
    {
        var regime = Regime.Of(o.AllRows, o.Columns, TLanes.ManyRegisters);
        for (; row < o.Rows; row += Regime.MostRows)
        {
            // Nothing is read twice: the largest blocks.
            var count = (int)Math.Min(Regime.MostRows, o.Rows - row);
            RowBlock<TLanes>.Margins(o, regime.OrderAlone, row, count, z);
            Means<TLanes>(z, o.Output.At(row), count);
        }
    }

    public static Totals Run<TLanes>(in Operands o, ParallelOptions options, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        // Predictions that a cancellation can stop are made elsewhere first.
        using var elsewhere = options.CancellationToken.CanBeCanceled ? new NativeFloats(o.Rows) : null;
        var all = o;
        all.Output = elsewhere?.Start ?? o.Output;
        var chunks = new Chunks(o.Rows);
        Parallel.For(0, chunks.Count, options, chunk =>
        {
            var part = all;
            var first = chunks.FirstRow(chunk);
            (part.X, part.Output, part.Rows) = (all.Row(first), all.Output.At(first), chunks.RowsOf(chunk));
            if (!all.Offset.IsNull)
                part.Offset = all.Offset.At(first);
            var unused = default(RowCounts);
            Run<TLanes>(part, ref unused);
        });
        elsewhere?.Start.CopyTo(o.Output, o.Rows);
        return default;
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
