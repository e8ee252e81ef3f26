using System.Numerics.Tensors;

namespace Kernels.Bench.Serving;

/// <summary>TensorPrimitives: a dot product a row; the sigmoid of one by MathF, of many by Sigmoid.</summary>
internal sealed class TensorPrimitivesScorer(Batches batches) : Scorer("TensorPrimitives")
{
    private readonly float[] _means = new float[batches.Rows];

    internal override float[] Score(int batch)
    {
        var columns = batches.Columns;
        ReadOnlySpan<float> values = batches.Values[batch];
        var weights = batches.Weights.AsSpan(0, columns);
        var intercept = batches.Weights[columns];
        if (batches.Rows == 1)
        {
            _means[0] = 1 / (1 + MathF.Exp(-(TensorPrimitives.Dot(values, weights) + intercept)));
            return _means;
        }

        for (var i = 0; i < _means.Length; i++)
            _means[i] = TensorPrimitives.Dot(values.Slice(i * columns, columns), weights) + intercept;
        TensorPrimitives.Sigmoid(_means, _means);
        return _means;
    }
}
