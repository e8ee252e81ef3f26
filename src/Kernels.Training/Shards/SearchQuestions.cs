using Kernels.Training.Fits;

namespace Kernels.Training.Shards;

/// <summary>The first row that counts: what sums of squares are taken around, so that they do not cancel.</summary>
internal sealed class OriginQuestion(int columns) : Question<FirstCounted>
{
    internal override QuestionKind Kind => QuestionKind.Origin;

    internal override void Write(BinaryWriter writer)
    {
    }

    internal override FirstCounted Empty(long first) => new(columns);

    internal override FirstCounted Read(BinaryReader reader, long first) => FirstCounted.Read(reader, columns);
}

/// <summary>The first row that counts and contains ∞, or NaN that is not skipped.</summary>
internal sealed class NotFiniteQuestion : Question<FirstNotFinite>
{
    internal override QuestionKind Kind => QuestionKind.NotFinite;

    internal override void Write(BinaryWriter writer)
    {
    }

    internal override FirstNotFinite Empty(long first) => new();

    internal override FirstNotFinite Read(BinaryReader reader, long first) => new()
    {
        Row = reader.ReadInt64() is >= 0 and var row ? row : null,
    };
}

/// <summary>The features and the target of a row; zeros before one was found.</summary>
internal sealed class FirstCounted(int columns) : IRowSums<FirstCounted>
{
    public bool IsDone { get; private set; }

    /// <summary>The target is the last.</summary>
    internal double[] Row { get; private set; } = new double[columns + 1];

    public void Add(in Observations rows, long first)
    {
        for (var i = 0; i < rows.X.Rows && !IsDone; i++)
        {
            if (!ColumnScan.IsCounted(rows, i))
                continue;
            var x = rows.X.Row(i);
            for (var j = 0; j < x.Length; j++)
                Row[j] = x[j];
            Row[^1] = rows.Targets[i];
            IsDone = true;
        }
    }

    public void Merge(FirstCounted next)
    {
        if (!IsDone)
            (IsDone, Row) = (next.IsDone, next.Row);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(IsDone);
        writer.Write(Row.AsSpan());
    }

    internal static FirstCounted Read(BinaryReader reader, int columns) =>
        new(columns) { IsDone = reader.ReadBoolean(), Row = reader.ReadDoubles(columns + 1) };
}

/// <summary>The number of a row.</summary>
internal sealed class FirstNotFinite : IRowSums<FirstNotFinite>
{
    public bool IsDone => Row is not null;

    internal long? Row { get; set; }

    public void Add(in Observations rows, long first)
    {
        if (Row is null && FiniteRows.FirstThatIsNot(rows) is { } row)
            Row = first + row;
    }

    public void Merge(FirstNotFinite next) => Row ??= next.Row;

    public void Write(BinaryWriter writer) => writer.Write(Row ?? -1);
}
