namespace Kernels.Training;

/// <summary>The few operations on float64 vectors that optimisers need, in the order of the elements.</summary>
internal static class Vectors
{
    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++)
            sum += a[j] * b[j];
        return sum;
    }

    /// <summary>y += α·x.</summary>
    internal static void AddScaled(double alpha, ReadOnlySpan<double> x, Span<double> y)
    {
        for (var j = 0; j < x.Length; j++)
            y[j] += alpha * x[j];
    }

    /// <summary>a − b.</summary>
    internal static double[] Difference(double[] a, double[] b)
    {
        var difference = new double[a.Length];
        for (var j = 0; j < a.Length; j++)
            difference[j] = a[j] - b[j];
        return difference;
    }

    /// <summary>max |aⱼ|; NaN if one is NaN.</summary>
    internal static double LargestMagnitude(ReadOnlySpan<double> a)
    {
        var largest = 0.0;
        foreach (var value in a)
            largest = Math.Max(largest, Math.Abs(value)); // Math.Max keeps NaN
        return largest;
    }

    internal static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    /// <summary>The sum, rounded to float32; false if it is the same as the first addend.</summary>
    internal static bool Add(ReadOnlySpan<float> a, ReadOnlySpan<double> b, Span<float> sum)
    {
        var moved = false;
        for (var j = 0; j < a.Length; j++)
        {
            sum[j] = (float)(a[j] + b[j]);
            moved |= sum[j] != a[j];
        }

        return moved;
    }

    internal static void Round(ReadOnlySpan<double> values, Span<float> destination)
    {
        for (var j = 0; j < values.Length; j++)
            destination[j] = (float)values[j];
    }
}
