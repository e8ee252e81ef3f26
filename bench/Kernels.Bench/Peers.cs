using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Kernels.Bench;

/// <summary>The same step as others write it.</summary>
internal static class Peers
{
    /// <summary>Two plain loops a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ScalarStep(ReadOnlySpan<float> x, int columns, ReadOnlySpan<float> y, Span<float> weights, Span<float> gradient, float rate)
    {
        gradient.Clear();
        for (var i = 0; i < y.Length; i++)
        {
            var row = x.Slice(i * columns, columns);
            var z = 0f;
            for (var j = 0; j < row.Length; j++)
                z += row[j] * weights[j];
            var r = (1f / (1f + MathF.Exp(-z))) - y[i];
            for (var j = 0; j < row.Length; j++)
                gradient[j] += r * row[j];
        }

        for (var j = 0; j < weights.Length; j++)
            weights[j] -= rate * gradient[j];
    }

    /// <summary>Three TensorPrimitives calls a row: Dot, Sigmoid, MultiplyAdd.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void TensorPrimitivesStep(ReadOnlySpan<float> x, int columns, ReadOnlySpan<float> y, Span<float> weights, Span<float> gradient, float rate)
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

        TensorPrimitives.MultiplyAdd(gradient, -rate, weights, weights);
    }
}
