namespace Kernels.Cli.Data;

/// <summary>A file of which only a part can be read for a time: what a library looks for beyond the part is not found, where it would
/// take what is another's.</summary>
internal sealed class WindowStream(Stream file) : Stream
{
    // The library takes the end for a byte and looks for the end of a number, or of a struct, for ever.
    private const int MostReadsAtTheEnd = 1000;

    private int _atTheEnd;

    /// <summary>The byte after the last one that can be read.</summary>
    internal long End { get; set; } = file.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        var left = Math.Max(End - file.Position, 0);
        var read = file.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        _atTheEnd = read > 0 || buffer.IsEmpty ? 0 : _atTheEnd + 1;
        return _atTheEnd <= MostReadsAtTheEnd ? read : throw new EndOfStreamException("something in it does not end");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
