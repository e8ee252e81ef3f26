using System.Globalization;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>A column of a row group, read whole.</summary>
internal abstract class ParquetColumn
{
    /// <summary>The first row that has no value where it must have one; −1 for none.</summary>
    internal abstract int FirstMissing { get; }

    /// <summary>The value of a row; NaN for none.</summary>
    internal abstract double this[int row] { get; }

    /// <summary>The value of a row as it is printed.</summary>
    internal abstract string Text(int row);

    /// <summary>Writes the values of some rows, less a constant, every so many floats.</summary>
    internal abstract void CopyTo(int row, int count, double less, Span<float> to, int stride);

    /// <summary>The values of all rows.</summary>
    internal float[] ToArray(int rows)
    {
        var values = new float[rows];
        CopyTo(0, rows, 0, values, 1);
        return values;
    }

    /// <summary>Reads a column of numbers or booleans; null where it holds something else.</summary>
    internal static ParquetColumn? Read(ParquetRowGroupReader group, DataField field, int rows) => System.Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.Single => ParquetColumn<float>.Of(group, field, rows),
        TypeCode.Double => ParquetColumn<double>.Of(group, field, rows),
        TypeCode.Int32 => ParquetColumn<int>.Of(group, field, rows),
        TypeCode.Int64 => ParquetColumn<long>.Of(group, field, rows),
        TypeCode.Int16 => ParquetColumn<short>.Of(group, field, rows),
        TypeCode.SByte => ParquetColumn<sbyte>.Of(group, field, rows),
        TypeCode.Byte => ParquetColumn<byte>.Of(group, field, rows),
        TypeCode.UInt16 => ParquetColumn<ushort>.Of(group, field, rows),
        TypeCode.UInt32 => ParquetColumn<uint>.Of(group, field, rows),
        TypeCode.UInt64 => ParquetColumn<ulong>.Of(group, field, rows),
        TypeCode.Decimal => ParquetColumn<decimal>.Of(group, field, rows),
        TypeCode.Boolean => ParquetColumn<bool>.Of(group, field, rows),
        _ => null,
    };

    /// <summary>Whether it is one of these.</summary>
    internal static bool Holds(DataField field) => System.Type.GetTypeCode(field.ClrType)
        is TypeCode.Single or TypeCode.Double or TypeCode.Decimal or TypeCode.Boolean or (>= TypeCode.SByte and <= TypeCode.UInt64);
}

/// <summary>The same, of one type.</summary>
internal sealed class ParquetColumn<T> : ParquetColumn
    where T : unmanaged
{
    private readonly T[] _values;
    private readonly bool[]? _isMissing;

    private ParquetColumn(T[] values, bool[]? isMissing) => (_values, _isMissing) = (values, isMissing);

    // NaN of a column that may have none is one.
    internal override int FirstMissing
    {
        get
        {
            if (_isMissing is null)
                return -1;
            for (var row = 0; row < _values.Length; row++)
            {
                if (double.IsNaN(this[row]))
                    return row;
            }

            return -1;
        }
    }

    internal override double this[int row] => _isMissing?[row] == true ? double.NaN : ToDouble(_values[row]);

    internal override string Text(int row) => Convert.ToString(_values[row], CultureInfo.InvariantCulture)!;

    internal override void CopyTo(int row, int count, double less, Span<float> to, int stride)
    {
        var values = _values.AsSpan(row, count);
        for (int i = 0, at = 0; i < values.Length; i++, at += stride)
        {
            to[at] = _isMissing is not null && _isMissing[row + i] ? float.NaN
                : less == 0 ? ToSingle(values[i])
                : (float)(ToDouble(values[i]) - less);
        }
    }

    internal static ParquetColumn<T> Of(ParquetRowGroupReader group, DataField field, int rows)
    {
        var values = new T[rows];
        if (!field.IsNullable)
        {
            Written(values, () =>
            {
                Wait(group.ReadRawAsync<T>(field, values.AsMemory(), null, null).AsTask());
                return rows;
            });
            return new(values, null);
        }

        // The values that are there, and for every row whether it has one.
        var levels = new int[rows];
        var present = Written(values, () =>
        {
            Array.Fill(levels, -1);
            Wait(group.ReadRawAsync<T>(field, values.AsMemory(), levels.AsMemory(), null).AsTask());
            if (Array.Exists(levels, level => level < 0 || level > field.MaxDefinitionLevel))
                throw new InvalidDataException($"there are fewer than {rows} values");
            return levels.Count(level => level == field.MaxDefinitionLevel);
        });
        var isMissing = new bool[rows];
        for (int row = rows - 1, next = present - 1; row >= 0; row--)
        {
            isMissing[row] = levels[row] != field.MaxDefinitionLevel;
            if (!isMissing[row])
                values[row] = values[next--];
        }

        return new(values, isMissing);
    }

    // What is not the type at hand is left out by the compiler.
    private static double ToDouble(T value)
    {
        if (typeof(T) == typeof(float))
            return (float)(object)value;
        if (typeof(T) == typeof(double))
            return (double)(object)value;
        if (typeof(T) == typeof(int))
            return (int)(object)value;
        if (typeof(T) == typeof(long))
            return (long)(object)value;
        if (typeof(T) == typeof(short))
            return (short)(object)value;
        if (typeof(T) == typeof(sbyte))
            return (sbyte)(object)value;
        if (typeof(T) == typeof(byte))
            return (byte)(object)value;
        if (typeof(T) == typeof(ushort))
            return (ushort)(object)value;
        if (typeof(T) == typeof(uint))
            return (uint)(object)value;
        if (typeof(T) == typeof(ulong))
            return (ulong)(object)value;
        if (typeof(T) == typeof(decimal))
            return (double)(decimal)(object)value;
        return (bool)(object)value ? 1 : 0;
    }

    private static float ToSingle(T value) => typeof(T) == typeof(float) ? (float)(object)value : (float)ToDouble(value);

    // The library leaves alone what a page does not hold: a value that keeps what was there before, whatever that is, was never written.
    private static int Written(T[] values, Func<int> read)
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        bytes.Fill(0xA5);
        var count = read();
        var mark = new T[1];
        MemoryMarshal.AsBytes(mark.AsSpan()).Fill(0xA5);
        if (values.AsSpan(0, count).IndexOf(mark[0]) is >= 0 and var first)
        {
            MemoryMarshal.AsBytes(values.AsSpan()).Fill(0x5A);
            read();
            MemoryMarshal.AsBytes(mark.AsSpan()).Fill(0x5A);
            if (EqualityComparer<T>.Default.Equals(values[first], mark[0]))
                throw new InvalidDataException($"there are fewer than {values.Length} values");
        }

        return count;
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}

/// <summary>A column of words.</summary>
internal static class ParquetWords
{
    /// <summary>The words of a row group; null for none.</summary>
    internal static string?[] Read(ParquetRowGroupReader group, DataField field, int rows)
    {
        // What is not written is this very string.
        var unwritten = new string('?', 1);
        var words = new string?[rows];
        Array.Fill(words, unwritten);
        group.ReadAsync(field, words.AsMemory(), null).AsTask().GetAwaiter().GetResult();
        if (Array.Exists(words, word => ReferenceEquals(word, unwritten)))
            throw new InvalidDataException($"there are fewer than {rows} values");
        return words;
    }
}
