using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Kernels.Cli.Data;

/// <summary>A column of an Arrow record batch.</summary>
internal static class ArrowColumn
{
    /// <summary>What a column holds.</summary>
    internal static ColumnKind KindOf(IArrowType type) => type.TypeId switch
    {
        ArrowTypeId.Boolean => ColumnKind.Booleans,
        ArrowTypeId.Int8 or ArrowTypeId.Int16 or ArrowTypeId.Int32 or ArrowTypeId.Int64 or ArrowTypeId.UInt8 or ArrowTypeId.UInt16
            or ArrowTypeId.UInt32 or ArrowTypeId.UInt64 or ArrowTypeId.HalfFloat or ArrowTypeId.Float or ArrowTypeId.Double
            or ArrowTypeId.Decimal128 or ArrowTypeId.Decimal256 => ColumnKind.Numbers,
        ArrowTypeId.String or ArrowTypeId.LargeString or ArrowTypeId.StringView => ColumnKind.Words,
        ArrowTypeId.Dictionary => KindOf(((DictionaryType)type).ValueType) == ColumnKind.Words ? ColumnKind.Words : ColumnKind.Others,
        ArrowTypeId.List or ArrowTypeId.LargeList or ArrowTypeId.FixedSizeList or ArrowTypeId.ListView or ArrowTypeId.Map
            => ColumnKind.Lists,
        _ => ColumnKind.Others,
    };

    internal static FileColumn Numbers(IArrowArray array) => array switch
    {
        FloatArray a => Of(a, a.Values),
        DoubleArray a => Of(a, a.Values),
        Int32Array a => Of(a, a.Values),
        Int64Array a => Of(a, a.Values),
        Int16Array a => Of(a, a.Values),
        Int8Array a => Of(a, a.Values),
        UInt8Array a => Of(a, a.Values),
        UInt16Array a => Of(a, a.Values),
        UInt32Array a => Of(a, a.Values),
        UInt64Array a => Of(a, a.Values),
        HalfFloatArray a => Each(a, row => (double?)a.GetValue(row)),
        Decimal128Array a => Each(a, row => (double?)a.GetSqlDecimal(row)?.ToDouble()),
        Decimal256Array a => Each(a, row => a.GetString(row) is { } text && Number.TryParse(text, out double value) ? value : null),
        BooleanArray a => Each(a, row => a.GetValue(row) is { } value ? value ? 1 : 0 : null),
        _ => throw new InvalidDataException($"it is of the type {array.Data.DataType.Name}"),
    };

    internal static string?[] Words(IArrowArray array)
    {
        Func<int, string> word = array switch
        {
            StringArray => row => Text(Bytes(array, 2), Integer<int>(array, row), Integer<int>(array, row + 1)),
            LargeStringArray => row => Text(Bytes(array, 2), Integer<long>(array, row), Integer<long>(array, row + 1)),
            StringViewArray => row => View(array, row),
            DictionaryArray a => OfDictionary(a),
            _ => throw new InvalidDataException($"it is of the type {array.Data.DataType.Name}"),
        };
        var words = new string?[array.Length];
        for (var row = 0; row < words.Length; row++)
            words[row] = array.IsNull(row) ? null : word(row);
        return words;
    }

    // The library's own way to a text trusts its offsets, and reads what is not the file's: these spans end where the buffers end.
    private static ReadOnlySpan<byte> Bytes(IArrowArray array, int buffer) => array.Data.Buffers[buffer].Span;

    private static long Integer<T>(IArrowArray array, int row)
        where T : unmanaged, IBinaryInteger<T> =>
        long.CreateChecked(MemoryMarshal.Cast<byte, T>(Bytes(array, 1))[array.Data.Offset + row]);

    private static string Text(ReadOnlySpan<byte> values, long start, long end) =>
        Encoding.UTF8.GetString(values[checked((int)start)..checked((int)end)]);

    // Columnar format, variable-size binary view layout: up to twelve bytes in the view, or a buffer and a place in it.
    private static string View(IArrowArray array, int row)
    {
        const int Size = 16;
        const int MostInside = 12;
        var view = Bytes(array, 1).Slice(checked((array.Data.Offset + row) * Size), Size);
        var length = BinaryPrimitives.ReadInt32LittleEndian(view);
        if (length <= MostInside)
            return Encoding.UTF8.GetString(view.Slice(4, length));
        var (buffer, start) = (BinaryPrimitives.ReadInt32LittleEndian(view[8..]), BinaryPrimitives.ReadInt32LittleEndian(view[12..]));
        return Encoding.UTF8.GetString(Bytes(array, checked(2 + buffer)).Slice(start, length));
    }

    private static Func<int, string> OfDictionary(DictionaryArray array)
    {
        var (words, indices) = (Words(array.Dictionary), Numbers(array.Indices));
        return row => indices[row] is >= 0 and var index && index < words.Length
            ? words[(int)index] ?? string.Empty
            : throw new InvalidDataException($"row {row + 1} has the index {indices[row]} of {words.Length} words");
    }

    private static NumberColumn<T> Of<T>(Apache.Arrow.Array array, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (values.Length < array.Length)
            throw new InvalidDataException($"there are {values.Length} values of {array.Length}");
        var room = ArrayPool<T>.Shared.Rent(array.Length);
        values[..array.Length].CopyTo(room);
        return new(room, array.Length, Missing(array));
    }

    private static NumberColumn<double> Each(Apache.Arrow.Array array, Func<int, double?> at)
    {
        var values = ArrayPool<double>.Shared.Rent(array.Length);
        for (var row = 0; row < array.Length; row++)
            values[row] = at(row) ?? double.NaN;
        return new(values, array.Length, Missing(array));
    }

    // A column that may have no null may have NaN.
    private static bool[]? Missing(Apache.Arrow.Array array)
    {
        if (array.NullCount == 0)
            return null;
        var isMissing = new bool[array.Length];
        for (var row = 0; row < isMissing.Length; row++)
            isMissing[row] = array.IsNull(row);
        return isMissing;
    }
}
