namespace Kernels.Cli.Data;

/// <summary>How far the reading of a file is; written by who reads, looked at by who shows it.</summary>
internal sealed class ReadProgress
{
    private long _bytes;
    private long _rows;
    private long _allBytes;

    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Bytes of the file; 0 where that is not known.</summary>
    internal long AllBytes => Volatile.Read(ref _allBytes);

    internal long Rows => Volatile.Read(ref _rows);

    internal void Begin(long allBytes) => Volatile.Write(ref _allBytes, allBytes);

    internal void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void AddRows(long rows) => Interlocked.Add(ref _rows, rows);

    /// <summary>The file, telling how much of it is read.</summary>
    internal Stream Watch(Stream file)
    {
        Begin(file.CanSeek ? file.Length : 0);
        return new WatchedStream(file, this);
    }

    private sealed class WatchedStream(Stream file, ReadProgress progress) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(buffer);
            progress.AddBytes(read);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }
}
