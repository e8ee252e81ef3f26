namespace Kernels.Training.Shards;

/// <summary>What every question says first: of which model and which rows it is asked.</summary>
/// <param name="Kind">Which sum.</param>
/// <param name="Link">0 logit, 1 identity, 2 log.</param>
/// <param name="Columns">d.</param>
/// <param name="HasIntercept">Whether there is a weight more.</param>
/// <param name="Every">Of every so many slices one is asked for.</param>
/// <param name="Rows">How many rows these are in all.</param>
internal readonly record struct QuestionHeader(QuestionKind Kind, byte Link, int Columns, bool HasIntercept, int Every, long Rows)
{
    private const int Version = 1;

    internal int Parameters => Columns + (HasIntercept ? 1 : 0);

    private static ReadOnlySpan<byte> Magic => "KRQ"u8;

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Magic);
        writer.Write((byte)Version);
        writer.Write(ArithmeticContract.Version);
        writer.Write((byte)Kind);
        writer.Write(Link);
        writer.Write(Columns);
        writer.Write(HasIntercept);
        writer.Write(Every);
        writer.Write(Rows);
    }

    internal static QuestionHeader Read(BinaryReader reader)
    {
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
            throw new InvalidDataException("The bytes are no question: they do not start with KRQ.");
        if (reader.ReadByte() is var version && version != Version)
            throw new InvalidDataException($"The question has format {version}; this library reads format {Version}.");
        if (reader.ReadInt32() is var contract && contract != ArithmeticContract.Version)
            throw new InvalidDataException(
                $"The question has version {contract} of the arithmetic contract; this library has version {ArithmeticContract.Version}.");
        var header = new QuestionHeader(
            (QuestionKind)reader.ReadByte(), reader.ReadByte(), reader.ReadInt32(), reader.ReadBoolean(), reader.ReadInt32(),
            reader.ReadInt64());
        if (header.Columns < 0 || header.Parameters < 0 || header.Every < 1 || header.Rows < 0)
            throw new InvalidDataException("The question's header contradicts itself.");
        return header;
    }
}
