using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Kernels;

/// <summary>Writes numbers into bytes, little-endian on every machine; arrays as blocks where it is the machine's own order.</summary>
internal ref struct ByteWriter(Span<byte> rest)
{
    private Span<byte> _rest = rest;

    internal void Bytes(ReadOnlySpan<byte> values) => values.CopyTo(Next(values.Length));

    internal void Byte(int value) => Next(1)[0] = (byte)value;

    internal void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), value);

    internal void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    internal void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Next(sizeof(double)), value);

    internal void Floats(ReadOnlySpan<float> values)
    {
        var bytes = Next(values.Length * sizeof(float));
        MemoryMarshal.AsBytes(values).CopyTo(bytes);
        var whole = MemoryMarshal.Cast<byte, int>(bytes);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(whole, whole);
    }

    internal void Doubles(ReadOnlySpan<double> values)
    {
        var bytes = Next(values.Length * sizeof(double));
        MemoryMarshal.AsBytes(values).CopyTo(bytes);
        var whole = MemoryMarshal.Cast<byte, long>(bytes);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(whole, whole);
    }

    private Span<byte> Next(int count)
    {
        var next = _rest[..count];
        _rest = _rest[count..];
        return next;
    }
}
