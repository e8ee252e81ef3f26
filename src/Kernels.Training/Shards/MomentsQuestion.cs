namespace Kernels.Training.Shards;

/// <summary>What an optimiser's coordinates are made of.</summary>
/// <param name="origin">What sums are taken around; the target's is the last.</param>
internal sealed class MomentsQuestion(double[] origin) : Question<SliceSums<RowMoments>>
{
    internal override QuestionKind Kind => QuestionKind.Moments;

    internal override void Write(BinaryWriter writer) => writer.Write(origin.AsSpan());

    internal override SliceSums<RowMoments> Empty(long first) => new(() => new(origin), (sums, in rows, _) => sums.Add(rows));

    internal override SliceSums<RowMoments> Read(BinaryReader reader, long first) =>
        Empty(first).Read(reader, r => RowMoments.Read(r, origin));
}

/// <summary>Moments of the columns, and of the targets.</summary>
/// <param name="origin">The target's is the last.</param>
internal sealed class RowMoments(double[] origin) : IMergeable<RowMoments>
{
    internal ColumnMoments Columns { get; } = new(origin.Length - 1, origin[..^1]);

    internal ColumnMoments Targets { get; } = new(1, origin[^1..]);

    internal void Add(in Observations rows)
    {
        Columns.Add(rows);
        for (var i = 0; i < rows.X.Rows; i++)
        {
            double s = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
            if (s > 0 && float.IsFinite(rows.Targets[i]))
                Targets.Add(rows.Targets.Slice(i, 1), s);
        }
    }

    public void Merge(RowMoments next)
    {
        Columns.Merge(next.Columns);
        Targets.Merge(next.Targets);
    }

    public void Write(BinaryWriter writer)
    {
        Columns.Write(writer);
        Targets.Write(writer);
    }

    internal static RowMoments Read(BinaryReader reader, double[] origin)
    {
        var moments = new RowMoments(origin);
        moments.Columns.Read(reader);
        moments.Targets.Read(reader);
        return moments;
    }
}
