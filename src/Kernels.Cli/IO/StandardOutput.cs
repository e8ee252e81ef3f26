using System.Text;

namespace Kernels.Cli.IO;

/// <summary>
/// Standard output whose failures are told: a reader that is gone, a full disk, a closed descriptor. The console's own stream hides the
/// first, and a file stream would write at an offset of its own where two programs share the descriptor.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private const int Descriptor = 1;

    private readonly bool _wasClosed = Native.WasClosed(Descriptor);

    /// <summary>Whether there is no standard error: its descriptor is then a pipe of the runtime's own, which dies of a line in
    /// it.</summary>
    internal static bool ErrorIsClosed => Native.WasClosed(descriptor: 2);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A writer of UTF-8 that writes at once what it is given.</summary>
    internal static TextWriter Open() => OperatingSystem.IsWindows()
        ? Console.Out
        : new StreamWriter(new StandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 14)
        {
            AutoFlush = true,
            NewLine = "\n",
        };

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            if (_wasClosed)
                throw new IOException("it is closed");
            Native.Write(Descriptor, buffer);
        }
        catch (IOException e) when (e is not StandardOutputException)
        {
            throw new StandardOutputException(e);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
