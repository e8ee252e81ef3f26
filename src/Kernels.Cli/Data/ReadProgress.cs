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

    private sealed class WatchedStream(Stream file, ReadProgress progress) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(buffer);
            progress.AddBytes(read);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }
}
