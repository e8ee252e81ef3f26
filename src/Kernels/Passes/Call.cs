using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>
/// The way from validated spans to a pass: the width is chosen, the spans are pinned, the workspace is laid out.
/// </summary>
internal static unsafe partial class Call
{
    // 16 KiB: a larger workspace is native memory instead of stack.
    private const int StackFloats = 4096;

    /// <summary>Runs the pass on the widest lanes that this process accelerates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Totals Run<TPass>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction = default)
        where TPass : struct, IPass
    {
        var counts = default(RowCounts);
        return Run<TPass>(x, y, weights, output, reduction, 0f, ref counts);
    }

    /// <inheritdoc cref="Run{TPass}(in DesignMatrix, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, Reduction)"/>
    internal static Totals Run<TPass>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction,
        float learningRate, ref RowCounts counts)
        where TPass : struct, IPass => Simd.Width switch
        {
            SimdWidth.Vector512 => Run<TPass, Lanes512>(x, y, weights, output, reduction, learningRate, ref counts),
            SimdWidth.Vector256 => Run<TPass, Lanes256>(x, y, weights, output, reduction, learningRate, ref counts),
            SimdWidth.Vector128 => Run<TPass, Lanes128>(x, y, weights, output, reduction, learningRate, ref counts),
            _ => Run<TPass, ScalarLanes>(x, y, weights, output, reduction, learningRate, ref counts),
        };

    /// <summary>Runs the pass on rows that may have weights, an offset or NaN; on several threads where that is asked for and can
    /// pay.</summary>
    internal static Totals Run<TPass>(
        in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction, Span<float> output,
        Reduction reduction, float learningRate, float l2, ParallelOptions? options, ref RowCounts counts)
        where TPass : struct, IParallelPass => Simd.Width switch
        {
            SimdWidth.Vector512 => Run<TPass, Lanes512>(data, weights, direction, output, reduction, learningRate, l2, options, ref counts),
            SimdWidth.Vector256 => Run<TPass, Lanes256>(data, weights, direction, output, reduction, learningRate, l2, options, ref counts),
            SimdWidth.Vector128 => Run<TPass, Lanes128>(data, weights, direction, output, reduction, learningRate, l2, options, ref counts),
            _ => Run<TPass, ScalarLanes>(data, weights, direction, output, reduction, learningRate, l2, options, ref counts),
        };

    /// <summary>Runs the pass on the given lanes. The arguments have been validated; <paramref name="weights"/> is written by a step only,
    /// whose caller owns it as a writable span.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static Totals Run<TPass, TLanes>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction,
        float learningRate, ref RowCounts counts)
        where TPass : struct, IPass
        where TLanes : struct, ILanes<TLanes>
    {
        fixed (float* px = x.Values, py = y, pw = weights, po = output)
        {
            var operands = OperandsOf(x, px, py, pw, po, reduction, learningRate);
            if (operands.Columns == 0)
                LieInNothing(ref operands);
            operands.Plan = PlanOf<TLanes>(TPass.Question, operands, x.Rows);
            var workspace = TPass.Workspace(x.Rows, x.Parameters);
            return workspace == 0
                ? TPass.Run<TLanes>(operands, ref counts)
                : WithWorkspace<TPass, TLanes>(ref operands, workspace, ref counts);
        }
    }

    /// <summary>The same on the given lanes; shared out as <paramref name="forced"/> says, where it says something.</summary>
    internal static Totals Run<TPass, TLanes>(
        in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction, Span<float> output,
        Reduction reduction, float learningRate, float l2, ParallelOptions? options, ref RowCounts counts, Sharing forced = default)
        where TPass : struct, IParallelPass
        where TLanes : struct, ILanes<TLanes>
    {
        options?.CancellationToken.ThrowIfCancellationRequested();
        var x = data.X;
        fixed (
            float* px = x.Values, py = data.Targets, pw = weights, po = output, ps = data.SampleWeights, pf = data.Offset, pv = direction)
        {
            var operands = OperandsOf(x, px, py, pw, po, reduction, learningRate);
            if (operands.Columns == 0)
                LieInNothing(ref operands);
            (operands.SampleWeights, operands.Offset, operands.Direction) = (new(ps), new(pf), new(pv));
            operands.SkipsNaN = data.RowsWithNaN == RowsWithNaN.Skip;
            operands.L2 = l2;
            operands.Plan = PlanOf<TLanes>(TPass.Question, operands, x.Rows);
            if (options is not null && TryShare<TPass, TLanes>(operands, options, forced, ref counts, out var sums))
                return sums;
            var workspace = TPass.Workspace(x.Rows, x.Parameters);
            return workspace == 0
                ? TPass.Run<TLanes>(operands, ref counts)
                : WithWorkspace<TPass, TLanes>(ref operands, workspace, ref counts);
        }
    }

    /// <summary>The loss and the slope along a line of margins.</summary>
    internal static Totals RunLine<TLink>(
        ReadOnlySpan<float> margins, ReadOnlySpan<float> direction, ReadOnlySpan<float> targets, ReadOnlySpan<float> sampleWeights,
        float step)
        where TLink : struct, ILink
    {
        fixed (float* px = margins, pv = direction, py = targets, ps = sampleWeights)
        {
            var operands = OperandsOf(new(margins, columns: 1), px, py, null, null, default, step);
            (operands.SampleWeights, operands.Direction) = (new(ps), new(pv));
            return Simd.Width switch
            {
                SimdWidth.Vector512 => LinePass<TLink>.Run<Lanes512>(operands),
                SimdWidth.Vector256 => LinePass<TLink>.Run<Lanes256>(operands),
                SimdWidth.Vector128 => LinePass<TLink>.Run<Lanes128>(operands),
                _ => LinePass<TLink>.Run<ScalarLanes>(operands),
            };
        }
    }

    // A row alone is no matter of planning.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RowPlan PlanOf<TLanes>(Question question, in Operands o, int allRows)
        where TLanes : struct, ILanes<TLanes> =>
        allRows == 1 ? RowPlan.OfAnyRows : Planner<TLanes>.For(question, new(allRows, o.Columns, o.Stride, o.X));

    // On several threads, where that can pay and nobody else has them.
    private static bool TryShare<TPass, TLanes>(
        in Operands o, ParallelOptions options, Sharing forced, ref RowCounts counts, out Totals sums)
        where TPass : struct, IParallelPass
        where TLanes : struct, ILanes<TLanes>
    {
        using var lease = new CrewLease(options);
        var sharing = lease.IsRefused ? Sharing.Alone : forced == Sharing.Alone ? Sharings.Of(o, options, lease.Crew) : forced;
        sums = sharing == Sharing.Alone ? default : TPass.Run<TLanes>(o, new Workers(options, lease.Crew, sharing), ref counts);
        return sharing != Sharing.Alone;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Totals WithWorkspace<TPass, TLanes>(ref Operands operands, nint workspace, ref RowCounts counts)
        where TPass : struct, IPass
        where TLanes : struct, ILanes<TLanes>
    {
        if (workspace <= StackFloats)
        {
            Span<float> stack = stackalloc float[(int)workspace + Lane.Count - 1];
            operands.Workspace = Floats.OnStack(stack);
            return TPass.Run<TLanes>(operands, ref counts);
        }

        operands.Workspace = NativeFloats.Allocate(workspace);
        try
        {
            return TPass.Run<TLanes>(operands, ref counts);
        }
        finally
        {
            NativeFloats.Free(operands.Workspace);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Operands OperandsOf(
        in DesignMatrix x, float* values, float* y, float* weights, float* output, Reduction reduction, float learningRate) => new()
        {
            X = new(values),
            Stride = x.Stride,
            Rows = x.Rows,
            Columns = x.Columns,
            HasIntercept = x.HasIntercept,
            Y = new(y),
            Weights = new(weights),
            Output = new(output),
            Reduction = reduction,
            LearningRate = learningRate,
        };

    // By itself: what every call pays for it is a branch.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LieInNothing(ref Operands operands)
    {
        (operands.X, operands.Stride) = (Nothing.Or(null), 0);
        operands.Weights = Nothing.Or(operands.Weights.Pointer);
        operands.Output = Nothing.Or(operands.Output.Pointer);
    }
}
