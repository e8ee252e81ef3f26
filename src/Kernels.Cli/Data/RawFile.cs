using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kernels.Cli.Data;

/// <summary>
/// A file of float32, read where it is asked for into a buffer a thread. It is not mapped: a mapped file that somebody cuts ends the
/// process, where a read comes back short.
/// </summary>
internal sealed class RawFile(string path, ReadOptions options) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path, options: FileOptions.None);
    private readonly ThreadLocal<float[]> _buffer = new(() => []);

    public void Dispose()
    {
        _file.Dispose();
        _buffer.Dispose();
    }

    internal long Length => RandomAccess.GetLength(_file);

    /// <summary>Floats from the start of the file on; valid until the next call on this thread.</summary>
    internal Span<float> Read(long start, int count)
    {
        var buffer = _buffer.Value!;
        if (buffer.Length < count)
            _buffer.Value = buffer = new float[count];
        Read(start, buffer.AsSpan(0, count));
        return buffer.AsSpan(0, count);
    }

    internal void Read(long start, Span<float> destination)
    {
        // The system reads less than 2 GiB at a time.
        const int Most = 1 << 24;
        for (var done = 0; done < destination.Length;)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var bytes = MemoryMarshal.AsBytes(destination.Slice(done, Math.Min(Most, destination.Length - done)));
            var offset = (start + done) * sizeof(float);
            for (var read = 0; read < bytes.Length;)
            {
                var some = RandomAccess.Read(_file, bytes[read..], offset + read);
                if (some == 0)
                    throw new DataException(path, $"ends after {offset + read} bytes: it was longer when it was opened");
                read += some;
            }

            done += bytes.Length / sizeof(float);
        }
    }
}
