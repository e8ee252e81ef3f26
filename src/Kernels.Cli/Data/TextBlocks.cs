using System.Buffers;

namespace Kernels.Cli.Data;

/// <summary>Whole records of a text, of which each can be read by itself.</summary>
/// <param name="Chars">The text, and room after it.</param>
/// <param name="Length">Its characters.</param>
/// <param name="FirstLine">The line of its first, from 1.</param>
internal sealed record TextBlock(char[] Chars, int Length, long FirstLine) : IDisposable
{
    internal ReadOnlySpan<char> Text => Chars.AsSpan(0, Length);

    /// <summary>Gives the room back.</summary>
    public void Dispose() => ArrayPool<char>.Shared.Return(Chars);
}

/// <summary>Cuts a text where records end: at a line end; where there are quotes, at one that an even number of them is before.</summary>
/// <remarks>That is how the reader of CSV records has it as well: a quote opens or closes wherever it stands.</remarks>
/// <param name="text">The text.</param>
/// <param name="source">Its name, for messages.</param>
/// <param name="quote">What line ends within a record stand between; null where a line is a record.</param>
internal sealed class TextBlocks(TextReader text, string source, char? quote)
{
    private const int BlockChars = 1 << 19;
    private const int MostCharsOfARecord = 1 << 24;

    private char[] _rest = [];
    private long _line = 1;
    private bool _isAtEnd;

    private string TooLong => quote is null
        ? $"a line of more than {MostCharsOfARecord} characters"
        : $"a record of more than {MostCharsOfARecord} characters; is a quote not closed?";

    /// <summary>The next block; null at the end.</summary>
    internal TextBlock? Next()
    {
        var buffer = ArrayPool<char>.Shared.Rent(Math.Max(BlockChars, 2 * _rest.Length));
        _rest.CopyTo(buffer, 0);
        var (count, cut) = (_rest.Length, 0);
        while (cut == 0)
        {
            if (count == buffer.Length)
            {
                if (count >= MostCharsOfARecord)
                    throw new DataException(source, TooLong);
                buffer = Larger(buffer);
            }

            count += Fill(buffer.AsSpan(count));
            cut = _isAtEnd ? count : EndOfRecords(buffer.AsSpan(0, count));
            if (_isAtEnd && count == 0)
            {
                ArrayPool<char>.Shared.Return(buffer);
                return null;
            }
        }

        _rest = buffer.AsSpan(cut, count - cut).ToArray();
        var block = new TextBlock(buffer, cut, _line);
        _line += LineEnds(block.Text);
        return block;
    }

    /// <summary>What is read from every block, in the order of the text; as many are in hand as there are processors. The first block in
    /// which something is wrong tells it.</summary>
    internal IEnumerable<T> InOrder<T>(Func<TextBlock, T> read)
    {
        var begun = new Queue<Task<T>>();
        try
        {
            while (Next() is { } block)
            {
                begun.Enqueue(Task.Run(() =>
                {
                    using var own = block;
                    return read(block);
                }));
                if (begun.Count > Environment.ProcessorCount)
                    yield return begun.Dequeue().GetAwaiter().GetResult();
            }

            while (begun.Count > 0)
                yield return begun.Dequeue().GetAwaiter().GetResult();
        }
        finally
        {
            Task.WhenAll(begun).ContinueWith(static done => done.Exception, TaskScheduler.Default).GetAwaiter().GetResult();
        }
    }

    private static char[] Larger(char[] buffer)
    {
        var larger = ArrayPool<char>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<char>.Shared.Return(buffer);
        return larger;
    }

    private int Fill(Span<char> room)
    {
        var count = 0;
        while (count < room.Length && !_isAtEnd)
        {
            var read = text.Read(room[count..]);
            count += read;
            _isAtEnd = read == 0;
        }

        return count;
    }

    // After the last line end that is one of a record; 0 where there is none.
    private int EndOfRecords(ReadOnlySpan<char> chars)
    {
        var lineEnd = chars.Contains('\n') ? '\n' : '\r';
        var end = chars.Length;
        if (lineEnd == '\r' && chars[^1] == '\r')
            end--; // it may be the half of one
        var quotes = Quotes(chars[..end]);
        while (end > 0)
        {
            var last = chars[..end].LastIndexOf(lineEnd);
            if (last < 0)
                return 0;
            quotes -= Quotes(chars[(last + 1)..end]);
            if (quotes % 2 == 0)
                return last + 1;
            end = last;
        }

        return 0;
    }

    private int Quotes(ReadOnlySpan<char> chars) => quote is { } c ? chars.Count(c) : 0;

    private static long LineEnds(ReadOnlySpan<char> chars)
    {
        var count = chars.Count('\n');
        for (var rest = chars; rest.IndexOf('\r') is >= 0 and var at; rest = rest[(at + 1)..])
        {
            if (at + 1 == rest.Length || rest[at + 1] != '\n')
                count++;
        }

        return count;
    }
}

/// <summary>A block as a text that is read once.</summary>
internal sealed class TextBlockReader(TextBlock block) : TextReader
{
    private int _next;

    public override int Peek() => _next < block.Length ? block.Chars[_next] : -1;

    public override int Read() => _next < block.Length ? block.Chars[_next++] : -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        var rest = block.Text[_next..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _next += count;
        return count;
    }
}
