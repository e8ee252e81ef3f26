using System.Buffers.Binary;
using System.Text;

namespace Kernels.Cli.Onnx;

/// <summary>The fields of a protocol buffers message, by their numbers; those of another kind than asked for are as if they were not
/// there.</summary>
internal sealed class ProtobufReader
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Bytes, ulong Value)> _fields = [];

    /// <exception cref="InvalidDataException">It is no such message.</exception>
    internal ProtobufReader(ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((number, default, Varint(bytes.Span, ref at)));
                    break;
                case 1:
                    Take(bytes, ref at, 8);
                    break;
                case 2:
                    var length = Varint(bytes.Span, ref at);
                    _fields.Add((number, Take(bytes, ref at, length), 0));
                    break;
                case 5:
                    _fields.Add((number, Take(bytes, ref at, 4), 0));
                    break;
                default:
                    throw new InvalidDataException("is no ONNX file");
            }
        }
    }

    internal IEnumerable<ProtobufReader> Messages(int number) => Bytes(number).Select(bytes => new ProtobufReader(bytes));

    internal IEnumerable<string> Texts(int number) => Bytes(number).Select(bytes => Encoding.UTF8.GetString(bytes.Span));

    internal string Text(int number) => Texts(number).FirstOrDefault(string.Empty);

    /// <summary>Integers, packed or one by one.</summary>
    internal IEnumerable<long> Integers(int number)
    {
        foreach (var field in _fields.Where(field => field.Number == number))
        {
            if (field.Bytes.IsEmpty)
                yield return (long)field.Value;
            for (var at = 0; at < field.Bytes.Length;)
                yield return (long)Varint(field.Bytes.Span, ref at);
        }
    }

    /// <summary>Floats, packed or one by one.</summary>
    internal float[] Floats(int number) => [.. Bytes(number).SelectMany(bytes => Enumerable.Range(0, bytes.Length / sizeof(float))
        .Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.Span[(i * sizeof(float))..])))];

    private IEnumerable<ReadOnlyMemory<byte>> Bytes(int number) =>
        _fields.Where(field => field.Number == number).Select(field => field.Bytes);

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> bytes, ref int at, ulong length)
    {
        if (length > (ulong)(bytes.Length - at))
            throw new InvalidDataException("is not whole, or no ONNX file");
        var taken = bytes.Slice(at, (int)length);
        at += (int)length;
        return taken;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        for (var (value, shift) = (0UL, 0); at < bytes.Length && shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("is not whole, or no ONNX file");
    }
}
