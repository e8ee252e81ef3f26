namespace Kernels.Cli.Data;

/// <summary>
/// The footer of a Parquet file, checked field by field before the library reads it: the library goes by the numbers of the fields and
/// not by the types that they say they have, and in bytes of other types it can read for ever.
/// </summary>
internal static class ParquetFooter
{
    private const int Truth = 1;
    private const int Int8 = 3;
    private const int Int16 = 4;
    private const int Int32 = 5;
    private const int Int64 = 6;
    private const int Bytes = 8;
    private const int List = 9;
    private const int Struct = ThriftReader.Struct;

    // Nothing in it is read here: whatever it holds is passed over by the types that it says it has.
    private static readonly Shape Unlooked = new([]);

    private static readonly Shape KeyValue = new([new(1, Bytes), new(2, Bytes)]);

    private static readonly Shape TimeUnit = new([new(1, Struct, Unlooked), new(2, Struct, Unlooked), new(3, Struct, Unlooked)]);

    private static readonly Shape Time = new([new(1, Truth), new(2, Struct, TimeUnit)]);

    private static readonly Shape LogicalType = new(
    [
        .. new[] { 1, 2, 3, 4, 6, 11, 12, 13, 14, 15 }.Select(id => new Field(id, Struct, Unlooked)),
        new(5, Struct, new([new(1, Int32), new(2, Int32)])),
        new(7, Struct, Time),
        new(8, Struct, Time),
        new(10, Struct, new([new(1, Int8), new(2, Truth)])),
        new(16, Struct, new([new(1, Int8)])),
        new(17, Struct, new([new(1, Bytes)])),
        new(18, Struct, new([new(1, Bytes), new(2, Int32)])),
    ]);

    private static readonly Shape SchemaElement = new(
        [.. new[] { 1, 2, 3, 5, 6, 7, 8, 9 }.Select(id => new Field(id, Int32)), new(4, Bytes), new(10, Struct, LogicalType)]);

    private static readonly Shape Statistics = new(
        [.. new[] { 1, 2, 5, 6 }.Select(id => new Field(id, Bytes)), new(3, Int64), new(4, Int64), new(7, Truth), new(8, Truth)]);

    private static readonly Shape ColumnMetaData = new(
    [
        .. new[] { 1, 4, 15 }.Select(id => new Field(id, Int32)),
        .. new[] { 5, 6, 7, 9, 10, 11, 14 }.Select(id => new Field(id, Int64)),
        new(2, List, ElementType: Int32),
        new(3, List, ElementType: Bytes),
        new(8, List, KeyValue),
        new(12, Struct, Statistics),
        new(13, List, new([new(1, Int32), new(2, Int32), new(3, Int32)])),
        new(16, Struct, new([new(1, Int64), new(2, List, ElementType: Int64), new(3, List, ElementType: Int64)])),
        new(17, Struct, new([new(2, List, ElementType: Int32)])),
    ]);

    private static readonly Shape ColumnChunk = new(
    [
        new(1, Bytes), new(2, Int64), new(3, Struct, ColumnMetaData), new(4, Int64), new(5, Int32), new(6, Int64), new(7, Int32),
        new(8, Struct, Unlooked), new(9, Bytes),
    ]);

    private static readonly Shape RowGroup = new(
    [
        new(1, List, ColumnChunk), new(2, Int64), new(3, Int64), new(4, List, new([new(1, Int32), new(2, Truth), new(3, Truth)])),
        new(5, Int64), new(6, Int64), new(7, Int16),
    ]);

    private static readonly Shape File = new(
    [
        new(1, Int32), new(2, List, SchemaElement), new(3, Int64), new(4, List, RowGroup), new(5, List, KeyValue), new(6, Bytes),
        new(7, List, new([new(1, Struct, Unlooked)])), new(8, Struct, Unlooked), new(9, Bytes),
    ]);

    /// <exception cref="InvalidDataException">A field is of another type, or the bytes end before it does.</exception>
    internal static void Check(ReadOnlySpan<byte> footer)
    {
        var reader = new ThriftReader(footer);
        Check(ref reader, File, nesting: 0);
    }

    private static void Check(ref ThriftReader reader, Shape shape, int nesting)
    {
        var id = 0;
        for (var type = reader.Field(ref id); type != ThriftReader.Stop; type = reader.Field(ref id))
        {
            if (shape.Of(id) is not { } field)
            {
                reader.Skip(type, nesting + 1);
                continue;
            }

            if (type != field.Type && !(field.Type == Truth && type == Truth + 1))
                throw new InvalidDataException($"field {id} of its footer is of type {type}, not {field.Type}");
            if (type == Struct)
                Check(ref reader, field.Shape!, nesting + 1);
            else if (type == List)
                CheckList(ref reader, field, nesting);
            else
                reader.Skip(type, nesting + 1);
        }
    }

    private static void CheckList(ref ThriftReader reader, Field field, int nesting)
    {
        var (count, type) = reader.ListHeader();
        var expected = field.Shape is null ? field.ElementType : Struct;
        if (count > 0 && type != expected)
            throw new InvalidDataException($"a list of its footer is of type {type}, not {expected}");
        for (var i = 0UL; i < count; i++)
        {
            if (field.Shape is { } shape)
                Check(ref reader, shape, nesting + 1);
            else
                reader.Skip(type, nesting + 1);
        }
    }

    private sealed record Field(int Id, int Type, Shape? Shape = null, int ElementType = 0);

    private sealed class Shape(Field[] fields)
    {
        private readonly Dictionary<int, Field> _fields = fields.ToDictionary(field => field.Id);

        internal Field? Of(int id) => _fields.GetValueOrDefault(id);
    }
}
