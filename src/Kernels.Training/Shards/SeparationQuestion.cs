using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>The largest margin along a direction, and the largest that is against it.</summary>
/// <param name="centers">One for each column.</param>
/// <param name="direction">Of the columns less their centres.</param>
/// <param name="intercept">Whether there is one.</param>
internal sealed class SeparationQuestion<TLink>(double[] centers, double[] direction, bool intercept) : Question<LargestMargins>
    where TLink : struct, ILink
{
    internal override QuestionKind Kind => QuestionKind.Separation;

    internal override byte Link => LinkOf<TLink>();

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(centers.AsSpan());
        writer.Write(direction.AsSpan());
    }

    internal override LargestMargins Empty(long first) => new(Add);

    internal override LargestMargins Read(BinaryReader reader, long first) => new(Add)
    {
        Largest = reader.ReadDouble(),
        Against = reader.ReadDouble(),
    };

    private void Add(LargestMargins sums, in Observations rows, long first)
    {
        for (var i = 0; i < rows.X.Rows; i++)
        {
            if (!rows.SampleWeights.IsEmpty && rows.SampleWeights[i] == 0)
                continue;
            var (q, y) = (intercept ? direction[^1] : 0, rows.Targets[i]);
            var x = rows.X.Row(i);
            for (var j = 0; j < x.Length; j++)
                q += (x[j] - centers[j]) * direction[j];
            if (double.IsNaN(q + y))
                continue;
            sums.Largest = Math.Max(sums.Largest, Math.Abs(q));
            sums.Against = Math.Max(sums.Against, AgainstRow(q, y));
        }
    }

    // By how much a row of this target is worse for a margin that is q larger, far out.
    private static double AgainstRow(double q, float y)
    {
        if (typeof(TLink) == typeof(Log))
            return y == 0 ? q : Math.Abs(q);
        return y == 0 ? q : y == 1 ? -q : Math.Abs(q);
    }
}

/// <summary>Two largest values over rows.</summary>
/// <param name="add">How rows are looked at.</param>
internal sealed class LargestMargins(AddRows<LargestMargins> add) : IRowSums<LargestMargins>
{
    /// <summary>Of all margins, in magnitude.</summary>
    internal double Largest { get; set; }

    /// <summary>Of those that speak against the direction.</summary>
    internal double Against { get; set; }

    public void Add(in Observations rows, long first) => add(this, rows, first);

    public void Merge(LargestMargins next) => (Largest, Against) = (Math.Max(Largest, next.Largest), Math.Max(Against, next.Against));

    public void Write(BinaryWriter writer)
    {
        writer.Write(Largest);
        writer.Write(Against);
    }
}
