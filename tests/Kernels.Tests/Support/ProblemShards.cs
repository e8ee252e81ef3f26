using Kernels.Training;

namespace Kernels.Tests.Support;

/// <summary>Shards that border at slices, each with another number of threads.</summary>
internal sealed class ProblemShards(WeightedProblem p, int[] cuts) : ObservationShards
{
    private const int Slice = 1024;

    public Action<byte[]>? Asked { get; set; }

    public int Last { get; init; } = int.MaxValue;

    public override long Rows => p.P.Rows;

    public override int Columns => p.P.Columns;

    public override bool HasIntercept => p.P.HasIntercept;

    public override byte[] Ask(byte[] question, CancellationToken cancellationToken)
    {
        Asked?.Invoke(question);
        return Merge(question, [.. Answers(question).Take(Last)]);
    }

    public byte[][] Answers(byte[] question)
    {
        int[] borders = [0, .. cuts.Select(cut => cut * Slice), p.P.Rows];
        return [.. borders.Zip(borders.Skip(1), (from, to) =>
            Answer(question, new ProblemRows(p, from, to - from), from, 1 + (from / Slice % 3)))];
    }
}
