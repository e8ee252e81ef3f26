using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>Deviance and its derivatives by the intercept, of the model that has no column.</summary>
/// <param name="weights">The intercept, or nothing.</param>
/// <param name="intercept">Which of the two.</param>
internal sealed class NullQuestion<TLink>(double[] weights, bool intercept) : Question<HessianOf<TLink>>
    where TLink : struct, ILink
{
    internal override QuestionKind Kind => QuestionKind.NullHessian;

    internal override byte Link => LinkOf<TLink>();

    internal override void Write(BinaryWriter writer) => writer.Write(weights.AsSpan());

    internal override HessianOf<TLink> Empty(long first) => new(new(weights, intercept: intercept, firstRow: first), WithoutColumns);

    internal override HessianOf<TLink> Read(BinaryReader reader, long first) => HessianOf<TLink>.Read(reader, first);

    // A row that is skipped for a feature has to be left out here as well.
    private static Observations WithoutColumns(in Observations rows)
    {
        var x = new DesignMatrix(default, rows.X.Rows, 0, 0, rows.X.HasIntercept);
        if (rows.RowsWithNaN == RowsWithNaN.Propagate)
            return new(x, rows.Targets) { SampleWeights = rows.SampleWeights, Offset = rows.Offset };
        var targets = rows.Targets.ToArray();
        for (var i = 0; i < targets.Length; i++)
        {
            foreach (var value in rows.X.Row(i))
                targets[i] = float.IsNaN(value) ? float.NaN : targets[i];
        }

        return new(x, targets) { SampleWeights = rows.SampleWeights, Offset = rows.Offset, RowsWithNaN = RowsWithNaN.Skip };
    }
}
