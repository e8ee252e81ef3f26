using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Kernels.Bench;

/// <summary>The same work as others write it.</summary>
internal static class Peers
{
    /// <summary>Two plain loops a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ScalarGradient(ReadOnlySpan<float> x, int columns, ReadOnlySpan<float> y, ReadOnlySpan<float> weights,
        Span<float> gradient)
    {
        gradient.Clear();
        for (var i = 0; i < y.Length; i++)
        {
            var row = x.Slice(i * columns, columns);
            var r = (1f / (1f + MathF.Exp(-Dot(row, weights)))) - y[i];
            for (var j = 0; j < row.Length; j++)
                gradient[j] += r * row[j];
        }
    }

    /// <summary>A plain loop a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ScalarPredict(ReadOnlySpan<float> x, int columns, ReadOnlySpan<float> weights, Span<float> means)
    {
        for (var i = 0; i < means.Length; i++)
            means[i] = 1f / (1f + MathF.Exp(-Dot(x.Slice(i * columns, columns), weights)));
    }

    /// <summary>Three TensorPrimitives calls a row: Dot, Sigmoid, MultiplyAdd.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void TensorPrimitivesGradient(ReadOnlySpan<float> x, int columns, ReadOnlySpan<float> y, ReadOnlySpan<float> weights,
        Span<float> gradient)
    {
        Span<float> mean = stackalloc float[1];
        gradient.Clear();
        for (var i = 0; i < y.Length; i++)
        {
            var row = x.Slice(i * columns, columns);
            mean[0] = TensorPrimitives.Dot(row, weights);
            TensorPrimitives.Sigmoid(mean, mean);
            TensorPrimitives.MultiplyAdd(row, mean[0] - y[i], gradient, gradient);
        }
    }

    private static float Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> weights)
    {
        var z = 0f;
        for (var j = 0; j < row.Length; j++)
            z += row[j] * weights[j];
        return z;
    }
}
