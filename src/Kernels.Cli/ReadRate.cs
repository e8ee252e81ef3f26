using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels.Cli;

/// <summary>How fast this machine reads memory on one thread: the limit that a pass over X has.</summary>
internal static class ReadRate
{
    /// <summary>GB/s of reading the given number of bytes over and over; the median of several measurements.</summary>
    internal static double GigabytesPerSecond(int bytes)
    {
        var values = new float[bytes / sizeof(float)];
        Array.Fill(values, 1f); // touches every page
        var repeats = Math.Max(1, (64 << 20) / bytes);
        var seconds = new double[15];
        var total = 0f;
        for (var i = 0; i < 3 + seconds.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var repeat = 0; repeat < repeats; repeat++)
                total += Sum(values);
            if (i >= 3)
                seconds[i - 3] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        GC.KeepAlive(total);
        Array.Sort(seconds);
        return (double)bytes * repeats / seconds[seconds.Length / 2] / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(ReadOnlySpan<float> values)
    {
        // Eight independent sums: enough for the latency of an addition.
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (; vectors.Length >= 8; vectors = vectors[8..])
        {
            a += vectors[0];
            b += vectors[1];
            c += vectors[2];
            d += vectors[3];
            e += vectors[4];
            f += vectors[5];
            g += vectors[6];
            h += vectors[7];
        }

        return Vector.Sum(a + b + (c + d) + (e + f) + (g + h));
    }
}
