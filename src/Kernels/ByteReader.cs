using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Kernels;

/// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    internal ReadOnlySpan<byte> Bytes(int count) => Next(count);

    internal byte Byte() => Next(1)[0];

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Next(sizeof(int)));

    internal long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Next(sizeof(long)));

    internal double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Next(sizeof(double)));

    internal void Floats(Span<float> destination)
    {
        Next(destination.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(destination));
        var whole = MemoryMarshal.Cast<float, int>(destination);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(whole, whole);
    }

    internal void Doubles(Span<double> destination)
    {
        Next(destination.Length * sizeof(double)).CopyTo(MemoryMarshal.AsBytes(destination));
        var whole = MemoryMarshal.Cast<double, long>(destination);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(whole, whole);
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        var next = _rest[..count];
        _rest = _rest[count..];
        return next;
    }
}
