using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Passes;

/// <summary>One row and a few: requests of a service.</summary>
internal static unsafe partial class Call
{
    /// <summary>The mean of one row: no matrix, no buffer, one call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float RunRow<TLink>(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept)
        where TLink : struct, ILink => Simd.Width switch
        {
            SimdWidth.Vector512 => RunRow<TLink, Lanes512>(row, weights, intercept),
            SimdWidth.Vector256 => RunRow<TLink, Lanes256>(row, weights, intercept),
            SimdWidth.Vector128 => RunRow<TLink, Lanes128>(row, weights, intercept),
            _ => RunRow<TLink, ScalarLanes>(row, weights, intercept),
        };

    // Not the spans are pinned, whose length would be asked once more: rows without columns are not loaded from.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float RunRow<TLink, TLanes>(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept)
        where TLink : struct, ILink
        where TLanes : struct, ILanes<TLanes>
    {
        fixed (float* x = &MemoryMarshal.GetReference(row), w = &MemoryMarshal.GetReference(weights))
        {
            var b = intercept ? new Floats(w + row.Length) : default;
            return OneRow<TLanes, TLink>.Mean(new(x), new(w), row.Length, b);
        }
    }

    /// <summary>The means of rows that <see cref="FewRows{TLanes, TLink}"/> takes: no plan, one call.</summary>
    internal static void RunFewRows<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> means)
        where TLink : struct, ILink
    {
        switch (Simd.Width)
        {
            case SimdWidth.Vector512:
                RunFewRows<TLink, Lanes512>(x, weights, means);
                break;
            case SimdWidth.Vector256:
                RunFewRows<TLink, Lanes256>(x, weights, means);
                break;
            case SimdWidth.Vector128:
                RunFewRows<TLink, Lanes128>(x, weights, means);
                break;
            default:
                RunFewRows<TLink, ScalarLanes>(x, weights, means);
                break;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void RunFewRows<TLink, TLanes>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> means)
        where TLink : struct, ILink
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> stack = stackalloc float[((FewRows.MostRows + 1) * Lane.Count) - 1];
        fixed (float* px = x.Values, pw = weights, pm = means)
        {
            var sums = Floats.OnStack(stack);
            var b = x.HasIntercept ? new Floats(pw + x.Columns) : default;
            FewRows<TLanes, TLink>.Means(new(px), x.Stride, means.Length, new(pw), x.Columns, b, sums, new(pm));
        }
    }
}
