namespace Kernels.Training.Shards;

/// <summary>What every answer says first: to which question, and of which rows.</summary>
/// <param name="Id">The question's.</param>
/// <param name="First">The number of the first row.</param>
/// <param name="Rows">How many there are.</param>
internal readonly record struct AnswerHeader(long Id, long First, long Rows)
{
    private const int Version = 2;

    internal long End => First + Rows;

    private static ReadOnlySpan<byte> Magic => "KRA"u8;

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Magic);
        writer.Write((byte)Version);
        writer.Write(Id);
        writer.Write(First);
        writer.Write(Rows);
    }

    internal static AnswerHeader Read(BinaryReader reader, long id)
    {
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
            throw new InvalidDataException("The bytes are no answer: they do not start with KRA.");
        if (reader.ReadByte() is var version && version != Version)
            throw new InvalidDataException($"The answer has format {version}; this library reads format {Version}.");
        var header = new AnswerHeader(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        if (header.Id != id)
            throw new InvalidDataException("The answer is one to another question.");
        if (header.First < 0 || header.Rows < 0 || header.End < 0)
            throw new InvalidDataException("The answer's header contradicts itself.");
        return header;
    }

    /// <summary>This range and the one behind it.</summary>
    /// <exception cref="InvalidDataException">Rows are missing between the two, or in both.</exception>
    internal AnswerHeader With(in AnswerHeader next) => next.First == End
        ? this with { Rows = Rows + next.Rows }
        : throw new InvalidDataException(
            $"The rows of an answer end at {End}, and those of the next begin at {next.First}: "
                + $"{(next.First < End ? "some would count twice" : "some are missing")}.");
}
