using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>A column of a Parquet row group, read whole.</summary>
internal static class ParquetColumn
{
    /// <summary>Reads a column of numbers or booleans; null where it holds something else.</summary>
    internal static FileColumn? Read(ParquetRowGroupReader group, DataField field, int rows) => Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.Single => Of<float>(group, field, rows),
        TypeCode.Double => Of<double>(group, field, rows),
        TypeCode.Int32 => Of<int>(group, field, rows),
        TypeCode.Int64 => Of<long>(group, field, rows),
        TypeCode.Int16 => Of<short>(group, field, rows),
        TypeCode.SByte => Of<sbyte>(group, field, rows),
        TypeCode.Byte => Of<byte>(group, field, rows),
        TypeCode.UInt16 => Of<ushort>(group, field, rows),
        TypeCode.UInt32 => Of<uint>(group, field, rows),
        TypeCode.UInt64 => Of<ulong>(group, field, rows),
        TypeCode.Decimal => Of<decimal>(group, field, rows),
        TypeCode.Boolean => Of<bool>(group, field, rows),
        _ => null,
    };

    /// <summary>What a column holds.</summary>
    internal static ColumnKind KindOf(DataField field)
    {
        if (field.IsArray || field.MaxRepetitionLevel > 0)
            return ColumnKind.Lists;
        if (field.ClrType == typeof(ReadOnlyMemory<char>)) // what the library takes for a text
            return ColumnKind.Words;
        return Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Boolean => ColumnKind.Booleans,
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal or (>= TypeCode.SByte and <= TypeCode.UInt64) => ColumnKind.Numbers,
            _ => ColumnKind.Others,
        };
    }

    /// <summary>The words of a row group; null for none.</summary>
    internal static string?[] Words(ParquetRowGroupReader group, DataField field, int rows)
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

    private static NumberColumn<T> Of<T>(ParquetRowGroupReader group, DataField field, int rows)
        where T : unmanaged
    {
        var values = ArrayPool<T>.Shared.Rent(rows);
        if (!field.IsNullable)
        {
            Written(values.AsMemory(0, rows), () =>
            {
                Wait(group.ReadRawAsync<T>(field, values.AsMemory(0, rows), null, null).AsTask());
                return rows;
            });
            return new(values, rows, null);
        }

        // The values that are there, and for every row whether it has one.
        var levels = new int[rows];
        var present = Written(values.AsMemory(0, rows), () =>
        {
            Array.Fill(levels, -1);
            Wait(group.ReadRawAsync<T>(field, values.AsMemory(0, rows), levels.AsMemory(), null).AsTask());
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

        return new(values, rows, isMissing);
    }

    // The library leaves alone what a page does not hold: a value that keeps what was there before, whatever that is, was never written.
    private static int Written<T>(Memory<T> room, Func<int> read)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(room.Span);
        bytes.Fill(0xA5);
        var count = read();
        var size = bytes.Length / Math.Max(room.Length, 1);
        if (FirstOf(0xA5, bytes[..(count * size)], size) is >= 0 and var first)
        {
            bytes.Fill(0x5A);
            read();
            if (!bytes.Slice(first * size, size).ContainsAnyExcept((byte)0x5A))
                throw new InvalidDataException($"there are fewer than {room.Length} values");
        }

        return count;
    }

    // The first value all of whose bytes are these: as whole numbers, which are compared by vectors; float32 and float64 are not, which
    // took a third of all reading.
    private static int FirstOf(byte mark, ReadOnlySpan<byte> bytes, int size)
    {
        return size switch
        {
            1 => bytes.IndexOf(mark),
            2 => First<ushort>(bytes),
            4 => First<uint>(bytes),
            8 => First<ulong>(bytes),
            _ => First<UInt128>(bytes),
        };

        int First<TBits>(ReadOnlySpan<byte> bytes)
            where TBits : unmanaged, IBinaryInteger<TBits> =>
            MemoryMarshal.Cast<byte, TBits>(bytes).IndexOf(TBits.CreateTruncating(UInt128.MaxValue / 255 * mark));
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
