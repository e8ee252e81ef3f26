using System.Numerics;

namespace Kernels.Sums;

/// <summary>Sums of many float64, each by itself: no width changes a bit.</summary>
internal static class Wide
{
    /// <summary>sum[j] ← other[j] + sum[j].</summary>
    internal static void Add(ReadOnlySpan<double> other, Span<double> sum)
    {
        var j = 0;
        for (; j <= sum.Length - Vector<double>.Count; j += Vector<double>.Count)
            (new Vector<double>(other[j..]) + new Vector<double>(sum[j..])).CopyTo(sum[j..]);
        for (; j < sum.Length; j++)
            sum[j] = other[j] + sum[j];
    }

    /// <summary>to[j] ← from[j].</summary>
    internal static void Copy(ReadOnlySpan<float> from, Span<double> to)
    {
        var j = 0;
        for (; j <= to.Length - Vector<float>.Count; j += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(from[j..]), out var lower, out var upper);
            lower.CopyTo(to[j..]);
            upper.CopyTo(to[(j + Vector<double>.Count)..]);
        }

        for (; j < to.Length; j++)
            to[j] = from[j];
    }

    /// <summary>to[j] ← from[j] + open[j], a sum in float32.</summary>
    internal static void Copy(ReadOnlySpan<float> from, ReadOnlySpan<float> open, Span<double> to)
    {
        for (var j = 0; j < to.Length; j++)
            to[j] = from[j] + open[j];
    }
}
