using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernels.Links;
using Kernels.Passes;

namespace Kernels.Lanes;

/// <summary>
/// The way from validated spans to a pass: the width is chosen, the spans are pinned, the workspace is laid out.
/// </summary>
internal static unsafe class Launch
{
    // 16 KiB: a larger workspace is native memory instead of stack.
    private const int StackFloats = 4096;

    private const int Alignment = 64;

    // 1 MiB: below that much of X, starting threads takes longer than the pass.
    private const long LeastParallelFloats = 1 << 18;

    /// <summary>Runs the pass on the widest lanes that this process accelerates.</summary>
    internal static StepResult Run<TPass>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction = default, float learningRate = 0f)
        where TPass : struct, IPass => Simd.Width switch
        {
            SimdWidth.Vector512 => Run<TPass, Lanes512>(x, y, weights, output, reduction, learningRate),
            SimdWidth.Vector256 => Run<TPass, Lanes256>(x, y, weights, output, reduction, learningRate),
            SimdWidth.Vector128 => Run<TPass, Lanes128>(x, y, weights, output, reduction, learningRate),
            _ => Run<TPass, ScalarLanes>(x, y, weights, output, reduction, learningRate),
        };

    /// <summary>Runs the pass on several threads where that can pay: on X of several slices and some size.</summary>
    internal static StepResult Run<TPass>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction, float learningRate, ParallelOptions options)
        where TPass : struct, IParallelPass
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        if (options.MaxDegreeOfParallelism == 1 || x.Rows <= SliceTree<ScalarLanes>.SliceRows || (long)x.Rows * x.Columns < LeastParallelFloats)
            return Run<TPass>(x, y, weights, output, reduction, learningRate);
        return Simd.Width switch
        {
            SimdWidth.Vector512 => RunParallel<TPass, Lanes512>(x, y, weights, output, reduction, learningRate, options),
            SimdWidth.Vector256 => RunParallel<TPass, Lanes256>(x, y, weights, output, reduction, learningRate, options),
            SimdWidth.Vector128 => RunParallel<TPass, Lanes128>(x, y, weights, output, reduction, learningRate, options),
            _ => RunParallel<TPass, ScalarLanes>(x, y, weights, output, reduction, learningRate, options),
        };
    }

    /// <summary>Runs the pass on several threads, whatever its size, on the given lanes.</summary>
    internal static StepResult RunParallel<TPass, TLanes>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction, float learningRate, ParallelOptions options)
        where TPass : struct, IParallelPass
        where TLanes : struct, ILanes<TLanes>
    {
        fixed (float* px = x.Values, py = y, pw = weights, po = output)
            return TPass.Run<TLanes>(OperandsOf(x, px, py, pw, po, reduction, learningRate), options);
    }

    /// <summary>The mean of one row: no matrix, no buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static float RunRow<TLink>(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept)
        where TLink : struct, ILink
    {
        fixed (float* x = row, w = weights)
        {
            return Simd.Width switch
            {
                SimdWidth.Vector512 => OneRow<Lanes512, TLink>.Mean(new(x), new(w), row.Length, intercept),
                SimdWidth.Vector256 => OneRow<Lanes256, TLink>.Mean(new(x), new(w), row.Length, intercept),
                SimdWidth.Vector128 => OneRow<Lanes128, TLink>.Mean(new(x), new(w), row.Length, intercept),
                _ => OneRow<ScalarLanes, TLink>.Mean(new(x), new(w), row.Length, intercept),
            };
        }
    }

    /// <summary>Runs the pass on the given lanes. The arguments have been validated; <paramref name="weights"/> is written by a step only, whose caller owns it as a writable span.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static StepResult Run<TPass, TLanes>(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output, Reduction reduction, float learningRate)
        where TPass : struct, IPass
        where TLanes : struct, ILanes<TLanes>
    {
        fixed (float* px = x.Values, py = y, pw = weights, po = output)
        {
            var operands = OperandsOf(x, px, py, pw, po, reduction, learningRate);

            var workspace = TPass.Workspace(x.Rows, x.Parameters);
            if (workspace == 0)
                return TPass.Run<TLanes>(operands);

            if (workspace <= StackFloats)
            {
                var stack = stackalloc byte[((int)workspace * sizeof(float)) + Alignment];
                operands.Workspace = new((float*)(((nint)stack + Alignment - 1) & -Alignment));
                return TPass.Run<TLanes>(operands);
            }

            var native = NativeMemory.AlignedAlloc(checked((nuint)workspace * sizeof(float)), Alignment);
            try
            {
                operands.Workspace = new((float*)native);
                return TPass.Run<TLanes>(operands);
            }
            finally
            {
                NativeMemory.AlignedFree(native);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Operands OperandsOf(in DesignMatrix x, float* values, float* y, float* weights, float* output, Reduction reduction, float learningRate) => new()
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
}
