namespace Kernels.Cli.Data;

/// <summary>Structs of Thrift's compact protocol, as far as Parquet's page headers need it: numbers by field, everything else
/// skipped.</summary>
/// <exception cref="InvalidDataException">The bytes are no such struct.</exception>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    internal const int Stop = 0;
    internal const int Struct = 12;

    private const int MostNesting = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    internal int Position { get; private set; }

    /// <summary>The next field of a struct: its type, or <see cref="Stop"/>; <paramref name="id"/> goes on from the last field's.</summary>
    internal int Field(ref int id)
    {
        var head = Byte();
        var (delta, type) = (head >> 4, head & 0xF);
        if (head == Stop)
            return Stop;
        if (type == Stop)
            throw new InvalidDataException("a field without a type"); // whoever looks for a 0 alone reads on
        id = delta == 0 ? (int)Number() : id + delta;
        return type;
    }

    /// <summary>A number of any width, ZigZag.</summary>
    internal long Number()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>How many elements a list has, and their type.</summary>
    internal (ulong Count, int Type) ListHeader()
    {
        var head = Byte();
        return (head >> 4 == 0xF ? Varint() : (ulong)(head >> 4), head & 0xF);
    }

    /// <summary>Passes over a value.</summary>
    internal void Skip(int type, int nesting = 0)
    {
        if (nesting > MostNesting)
            throw new InvalidDataException("nested too deep");
        switch (type)
        {
            case 1 or 2: // true, false: the type is the value
                break;
            case 3:
                Byte();
                break;
            case 4 or 5 or 6:
                Varint();
                break;
            case 7:
                Advance(sizeof(double));
                break;
            case 8:
                Advance((long)Math.Min(Varint(), int.MaxValue));
                break;
            case 9 or 10:
                SkipList(nesting);
                break;
            case Struct:
                var id = 0;
                for (var field = Field(ref id); field != Stop; field = Field(ref id))
                    Skip(field, nesting + 1);
                break;
            default:
                throw new InvalidDataException($"a value of type {type}");
        }
    }

    private void SkipList(int nesting)
    {
        var (count, type) = ListHeader();
        for (var i = 0UL; i < count; i++)
        {
            if (type is 1 or 2)
                Byte(); // in a list a truth value is a byte
            else
                Skip(type, nesting + 1);
        }
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("a number of more than 64 bits");
    }

    private int Byte()
    {
        Advance(1);
        return _bytes[Position - 1];
    }

    private void Advance(long count)
    {
        if (count > _bytes.Length - Position)
            throw new InvalidDataException("cut short");
        Position += (int)count;
    }
}
