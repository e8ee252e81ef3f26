using System.Runtime.InteropServices;

namespace Kernels.Training.Shards;

/// <summary>Arrays of numbers as bytes, little-endian on every machine, as blocks where that is its own order.</summary>
internal static class NumberBytes
{
    internal static void Write(this BinaryWriter writer, ReadOnlySpan<double> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
            writer.Write(value);
    }

    internal static void Write(this BinaryWriter writer, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
            writer.Write(value);
    }

    internal static double[] ReadDoubles(this BinaryReader reader, int count)
    {
        Expect(reader, (long)count * sizeof(double));
        var values = new double[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        for (var i = 0; i < count && !BitConverter.IsLittleEndian; i++)
            values[i] = BitConverter.Int64BitsToDouble(
                System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(BitConverter.DoubleToInt64Bits(values[i])));
        return values;
    }

    internal static float[] ReadFloats(this BinaryReader reader, int count)
    {
        Expect(reader, (long)count * sizeof(float));
        var values = new float[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        for (var i = 0; i < count && !BitConverter.IsLittleEndian; i++)
            values[i] = BitConverter.Int32BitsToSingle(
                System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(BitConverter.SingleToInt32Bits(values[i])));
        return values;
    }

    /// <summary>Some bytes with their number before them.</summary>
    internal static void WriteBlock(this BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    internal static byte[] ReadBlock(this BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0)
            throw new InvalidDataException($"A block of {length} bytes.");
        Expect(reader, length);
        return reader.ReadBytes(length);
    }

    // Before anything is allocated by a number that came from elsewhere.
    private static void Expect(BinaryReader reader, long bytes)
    {
        if (reader.BaseStream.Length - reader.BaseStream.Position < bytes)
            throw new EndOfStreamException();
    }
}
