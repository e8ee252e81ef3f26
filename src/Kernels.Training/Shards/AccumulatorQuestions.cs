using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>J and ∇J in float32.</summary>
internal sealed class GradientQuestion<TLink>(float[] weights, bool intercept) : Question<GradientOf<TLink>>
    where TLink : struct, ILink
{
    internal override QuestionKind Kind => QuestionKind.Gradient;

    internal override byte Link => LinkOf<TLink>();

    internal override void Write(BinaryWriter writer) => writer.Write(weights.AsSpan());

    internal override GradientOf<TLink> Empty(long first) => new(new(weights, intercept, first), null);

    internal override GradientOf<TLink> Read(BinaryReader reader, long first) => GradientOf<TLink>.Read(reader, first);
}

/// <summary>XᵀS(Xv): the gradient of a linear regression at v for targets of 0.</summary>
internal sealed class GramQuestion(float[] vector, bool intercept) : Question<GradientOf<Identity>>
{
    internal override QuestionKind Kind => QuestionKind.Gram;

    internal override byte Link => LinkOf<Identity>();

    internal override void Write(BinaryWriter writer) => writer.Write(vector.AsSpan());

    internal override GradientOf<Identity> Empty(long first) => new(new(vector, intercept, first), WithoutTargets);

    internal override GradientOf<Identity> Read(BinaryReader reader, long first) => GradientOf<Identity>.Read(reader, first);

    /// <summary>Targets of 0 and no offset; NaN where a row is to be skipped for one of them.</summary>
    internal static Observations WithoutTargets(in Observations rows)
    {
        var zeros = new float[rows.X.Rows];
        for (var i = 0; i < zeros.Length && rows.RowsWithNaN == RowsWithNaN.Skip; i++)
            zeros[i] = float.IsNaN(rows.Targets[i]) || (!rows.Offset.IsEmpty && float.IsNaN(rows.Offset[i])) ? float.NaN : 0f;
        return new(rows.X, zeros) { SampleWeights = rows.SampleWeights, RowsWithNaN = rows.RowsWithNaN };
    }
}

/// <summary>J, ∇J and ∇²J at some weights of the columns less their centres.</summary>
/// <param name="weights">w.</param>
/// <param name="centers">One for each column.</param>
/// <param name="intercept">Whether there is one.</param>
/// <param name="isSingle">Whether products are float32.</param>
internal sealed class HessianQuestion<TLink>(double[] weights, double[] centers, bool intercept, bool isSingle) : Question<HessianOf<TLink>>
    where TLink : struct, ILink
{
    internal override QuestionKind Kind => QuestionKind.Hessian;

    internal override byte Link => LinkOf<TLink>();

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(weights.AsSpan());
        writer.Write(centers.AsSpan());
        writer.Write(isSingle);
    }

    internal override HessianOf<TLink> Empty(long first) => new(
        isSingle
            ? HessianAccumulator<TLink>.WithSingleProducts(Array.ConvertAll(weights, w => (float)w), centers, intercept, first)
            : new(weights, centers, intercept, first),
        null);

    internal override HessianOf<TLink> Read(BinaryReader reader, long first) => HessianOf<TLink>.Read(reader, first);
}
