using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>The normal equations of log(y + 0.1) with the weights y + 0.1.</summary>
/// <param name="centers">One for each column.</param>
/// <param name="intercept">Whether there is one.</param>
internal sealed class CountStartQuestion(double[] centers, bool intercept) : Question<HessianOf<Identity>>
{
    private const double Little = 0.1;

    internal override QuestionKind Kind => QuestionKind.CountStart;

    internal override byte Link => LinkOf<Identity>();

    internal override void Write(BinaryWriter writer) => writer.Write(centers.AsSpan());

    internal override HessianOf<Identity> Empty(long first) =>
        new(new(new double[centers.Length + (intercept ? 1 : 0)], centers, intercept, first), Logarithms);

    internal override HessianOf<Identity> Read(BinaryReader reader, long first) => HessianOf<Identity>.Read(reader, first);

    private static Observations Logarithms(in Observations rows)
    {
        var (targets, weights) = (new float[rows.X.Rows], new float[rows.X.Rows]);
        for (var i = 0; i < targets.Length; i++)
        {
            var mean = rows.Targets[i] + Little;
            var weight = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
            targets[i] = (float)(Math.Log(mean) - (rows.Offset.IsEmpty ? 0 : rows.Offset[i]));
            weights[i] = weight == 0 ? 0 : (float)(weight * mean);
        }

        return new(rows.X, targets) { SampleWeights = weights, RowsWithNaN = rows.RowsWithNaN };
    }
}
