using System.IO.Compression;

namespace Kernels.Cli.Data;

/// <summary>
/// A gzip file that must be whole. The library takes a file that is cut for one that ends: so a member of our own is put after the last,
/// which is only found there when the one before it ended, with its checksum. A cut between two members cannot be seen.
/// </summary>
internal sealed class GzipFile : ForwardStream
{
    private static readonly byte[] s_mark =
        [0x00, 0xC1, 0x7E, 0xFF, 0x9D, 0x02, 0xB6, 0xE4, 0x11, 0xF8, 0x00, 0xA3, 0x5C, 0xDE, 0x90, 0x47];

    private static readonly byte[] s_member = Packed(s_mark);

    private readonly GZipStream _unpacked;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _next;
    private int _end;
    private bool _isChecked;

    internal GzipFile(Stream file) => _unpacked = new(new WithMember(file), CompressionMode.Decompress);

    /// <exception cref="InvalidDataException">It is cut, or damaged, or something comes after it.</exception>
    public override int Read(Span<byte> buffer)
    {
        // The last bytes may be the mark, until more come.
        while (_end - _next <= s_mark.Length && !_isChecked)
            Fill();
        var count = Math.Min(buffer.Length, _end - _next - s_mark.Length);
        _buffer.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        _buffer.AsSpan(_next, _end - _next).CopyTo(_buffer);
        (_next, _end) = (0, _end - _next);
        var read = _unpacked.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        if (read > 0)
            return;
        if (_end != s_mark.Length || !_buffer.AsSpan(0, _end).SequenceEqual(s_mark))
            throw new InvalidDataException("its gzip data end too soon, or something else comes after them");
        _isChecked = true;
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private sealed class WithMember(Stream file) : ForwardStream
    {
        private int _given = -1;

        public override int Read(Span<byte> buffer)
        {
            if (_given < 0)
            {
                var read = file.Read(buffer);
                if (read > 0 || buffer.IsEmpty)
                    return read;
                _given = 0;
            }

            var count = Math.Min(buffer.Length, s_member.Length - _given);
            s_member.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }
}
