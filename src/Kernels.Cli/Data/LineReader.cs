using System.Text;

namespace Kernels.Cli.Data;

/// <summary>A text, read buffer by buffer: it can be cancelled, and a line that does not end is refused before it fills the memory (a
/// device, a file without line ends).</summary>
internal sealed class LineReader(TextReader reader, string source, CancellationToken cancellation) : TextReader
{
    private const int MostCharsOfALine = 1 << 24;

    private readonly char[] _buffer = new char[1 << 14];
    private int _next;
    private int _end;
    private int _sinceLineEnd;

    /// <summary>The first line that is not blank, or as much of it as is in the buffer; nothing is taken.</summary>
    internal ReadOnlySpan<char> PeekLine()
    {
        if (_next == _end && !Fill())
            return [];
        var rest = _buffer.AsSpan(_next, _end - _next).TrimStart();
        var end = rest.IndexOfAny('\n', '\r');
        return end < 0 ? rest : rest[..end];
    }

    public override int Peek() => _next < _end || Fill() ? _buffer[_next] : -1;

    public override int Read() => _next < _end || Fill() ? _buffer[_next++] : -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        if (buffer.IsEmpty || (_next == _end && !Fill()))
            return 0;
        var count = Math.Min(buffer.Length, _end - _next);
        _buffer.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    public override string? ReadLine()
    {
        StringBuilder? begun = null;
        while (_next < _end || Fill())
        {
            var rest = _buffer.AsSpan(_next, _end - _next);
            var end = rest.IndexOfAny('\n', '\r');
            if (end < 0)
            {
                (begun ??= new()).Append(rest);
                _next = _end;
                continue;
            }

            var line = begun is null ? rest[..end].ToString() : begun.Append(rest[..end]).ToString();
            _next += end + 1;
            if (rest[end] == '\r' && Peek() == '\n')
                _next++;
            return line;
        }

        return begun?.ToString();
    }

    private bool Fill()
    {
        cancellation.ThrowIfCancellationRequested();
        (_next, _end) = (0, reader.Read(_buffer, 0, _buffer.Length));
        var last = _buffer.AsSpan(0, _end).LastIndexOfAny('\n', '\r');
        _sinceLineEnd = last >= 0 ? _end - last : _sinceLineEnd + _end;
        if (_sinceLineEnd > MostCharsOfALine)
            throw new DataException(source, $"a line of more than {MostCharsOfALine} characters");
        return _end > 0;
    }
}
