using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>Σ (s·r)²·xxᵀ: the Hessian of a linear model whose sample weights are those squares.</summary>
/// <param name="centers">One for each column.</param>
/// <param name="weights">Where the residuals r are taken: of the columns less their centres.</param>
/// <param name="intercept">Whether there is one.</param>
internal sealed class SquaresQuestion<TLink>(double[] centers, double[] weights, bool intercept) : Question<HessianOf<Identity>>
    where TLink : struct, ILink
{
    internal override QuestionKind Kind => QuestionKind.Squares;

    internal override byte Link => LinkOf<TLink>();

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(centers.AsSpan());
        writer.Write(weights.AsSpan());
    }

    internal override HessianOf<Identity> Empty(long first) => new(new(new double[weights.Length], centers, intercept, first), Squares);

    internal override HessianOf<Identity> Read(BinaryReader reader, long first) => HessianOf<Identity>.Read(reader, first);

    private Observations Squares(in Observations rows)
    {
        var squares = new float[rows.X.Rows];
        for (var i = 0; i < squares.Length; i++)
        {
            var s = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
            var z = intercept ? weights[^1] : 0;
            var x = rows.X.Row(i);
            for (var j = 0; j < x.Length; j++)
                z += (x[j] - centers[j]) * weights[j];
            if (!rows.Offset.IsEmpty)
                z += rows.Offset[i];
            if (s == 0 || double.IsNaN(z + s + rows.Targets[i]))
                continue;
            var r = s * (MeanOf(z) - rows.Targets[i]);
            squares[i] = (float)(r * r);
        }

        return new(rows.X, new float[squares.Length]) { SampleWeights = squares };
    }

    private static double MeanOf(double z) =>
        typeof(TLink) == typeof(Logit) ? 1 / (1 + Math.Exp(-z)) : typeof(TLink) == typeof(Log) ? Math.Exp(z) : z;
}
