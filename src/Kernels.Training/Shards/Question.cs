using System.Security.Cryptography;
using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>A sum over rows that one process can ask of another.</summary>
internal abstract class Question
{
    internal abstract QuestionKind Kind { get; }

    /// <summary>0 where the model does not matter.</summary>
    internal virtual byte Link => 0;

    /// <summary>Whatever the header does not say.</summary>
    internal abstract void Write(BinaryWriter writer);

    /// <summary>Sums the rows of a shard.</summary>
    internal abstract byte[] Answer(in AnswerHeader header, ObservationBlocks rows, ParallelOptions parallel);

    /// <summary>Puts answers of neighbouring rows together.</summary>
    internal abstract byte[] Merge(IReadOnlyList<byte[]> answers, long id);

    internal static byte LinkOf<TLink>()
        where TLink : struct, ILink
    {
        if (typeof(TLink) == typeof(Logit))
            return 0;
        if (typeof(TLink) == typeof(Identity))
            return 1;
        return typeof(TLink) == typeof(Log)
            ? (byte)2
            : throw new NotSupportedException($"There is no question of the link {typeof(TLink).Name}.");
    }

    internal byte[] ToBytes(int columns, bool hasIntercept, int every, long rows)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        new QuestionHeader(Kind, Link, columns, hasIntercept, every, rows).Write(writer);
        Write(writer);
        return stream.ToArray();
    }

    /// <summary>What an answer names its question by: the first bytes of a SHA-256.</summary>
    internal static long IdOf(ReadOnlySpan<byte> question) => BitConverter.ToInt64(SHA256.HashData(question));

    /// <exception cref="InvalidDataException">The bytes are no question of this version.</exception>
    internal static (QuestionHeader Header, Question Question) Parse(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        try
        {
            var header = QuestionHeader.Read(reader);
            var question = header.Link switch
            {
                0 => Read<Logit>(header, reader),
                1 => Read<Identity>(header, reader),
                2 => Read<Log>(header, reader),
                _ => throw new InvalidDataException($"The question has link {header.Link}; there are 0 logit, 1 identity and 2 log."),
            };
            if (reader.BaseStream.Position != bytes.Length)
                throw new InvalidDataException($"The question has {bytes.Length - reader.BaseStream.Position} bytes too many.");
            return (header, question);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException($"The question ends after {bytes.Length} bytes.");
        }
    }

    private static Question Read<TLink>(in QuestionHeader h, BinaryReader reader)
        where TLink : struct, ILink => h.Kind switch
        {
            QuestionKind.Origin => new OriginQuestion(h.Columns),
            QuestionKind.NotFinite => new NotFiniteQuestion(),
            QuestionKind.Scan => new ScanQuestion<TLink>(reader.ReadDoubles(h.Columns)),
            QuestionKind.Moments => new MomentsQuestion(reader.ReadDoubles(h.Columns + 1)),
            QuestionKind.Gradient => new GradientQuestion<TLink>(reader.ReadFloats(h.Parameters), h.HasIntercept),
            QuestionKind.Gram => new GramQuestion(reader.ReadFloats(h.Parameters), h.HasIntercept),
            QuestionKind.Hessian => new HessianQuestion<TLink>(
                reader.ReadDoubles(h.Parameters), reader.ReadDoubles(h.Columns), h.HasIntercept, reader.ReadBoolean()),
            QuestionKind.NullHessian => new NullQuestion<TLink>(reader.ReadDoubles(h.HasIntercept ? 1 : 0), h.HasIntercept),
            QuestionKind.CountStart => new CountStartQuestion(reader.ReadDoubles(h.Columns), h.HasIntercept),
            QuestionKind.Squares => new SquaresQuestion<TLink>(
                reader.ReadDoubles(h.Columns), reader.ReadDoubles(h.Parameters), h.HasIntercept),
            QuestionKind.Separation => new SeparationQuestion<TLink>(
                reader.ReadDoubles(h.Columns), reader.ReadDoubles(h.Parameters), h.HasIntercept),
            _ => throw new InvalidDataException($"There is no question of kind {(byte)h.Kind}."),
        };
}

/// <summary>A question whose answer is sums of a type.</summary>
internal abstract class Question<TSums> : Question
    where TSums : IRowSums<TSums>
{
    /// <summary>Sums without rows, for rows from a number on.</summary>
    internal abstract TSums Empty(long first);

    /// <summary>Reads what such sums wrote.</summary>
    internal abstract TSums Read(BinaryReader reader, long first);

    internal override byte[] Answer(in AnswerHeader header, ObservationBlocks rows, ParallelOptions parallel) =>
        ToBytes(header, RowRanges.Sum(rows, header.First, Empty, parallel));

    internal override byte[] Merge(IReadOnlyList<byte[]> answers, long id)
    {
        var (header, total) = Parse(answers[0], id);
        foreach (var bytes in answers.Skip(1))
        {
            var (next, sums) = Parse(bytes, id);
            header = header.With(next);
            total.Merge(sums);
        }

        return ToBytes(header, total);
    }

    /// <summary>The sums in an answer.</summary>
    /// <exception cref="InvalidDataException">It is no answer to this question.</exception>
    internal (AnswerHeader Header, TSums Sums) Parse(byte[] answer, long id)
    {
        using var reader = new BinaryReader(new MemoryStream(answer, writable: false));
        try
        {
            var header = AnswerHeader.Read(reader, id);
            var sums = Read(reader, header.First);
            return reader.BaseStream.Position == answer.Length
                ? (header, sums)
                : throw new InvalidDataException($"The answer has {answer.Length - reader.BaseStream.Position} bytes too many.");
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException($"The answer ends after {answer.Length} bytes.");
        }
    }

    private static byte[] ToBytes(in AnswerHeader header, TSums sums)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        header.Write(writer);
        sums.Write(writer);
        return stream.ToArray();
    }
}
