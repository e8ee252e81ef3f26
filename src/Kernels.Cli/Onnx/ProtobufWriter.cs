using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Kernels.Cli.Onnx;

/// <summary>A protocol buffers message, field by field: what ONNX files are made of, and no more of it than they take.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>An integer.</summary>
    internal ProtobufWriter Field(int number, long value)
    {
        Varint((ulong)(number << 3));
        Varint((ulong)value);
        return this;
    }

    internal ProtobufWriter Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    internal ProtobufWriter Field(int number, ProtobufWriter message) => Field(number, message.ToArray());

    internal ProtobufWriter Field(int number, IEnumerable<ProtobufWriter> messages)
    {
        foreach (var message in messages)
            Field(number, message);
        return this;
    }

    /// <summary>Floats, packed.</summary>
    internal ProtobufWriter Field(int number, ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return Field(number, bytes);
    }

    private ProtobufWriter Field(int number, byte[] bytes)
    {
        Varint((ulong)((number << 3) | 2));
        Varint((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
    }
}
