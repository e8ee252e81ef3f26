using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>Apache Parquet: flat columns of numbers or booleans; a null is NaN and needs --skip-nan.</summary>
internal static class ParquetDataReader
{
    private const int LeastBytes = 12; // PAR1, a length, PAR1

    /// <summary>Reads a block a row group; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        using var file = File.OpenRead(path);
        var stream = new WindowStream(file);
        var reader = Open(stream, path);
        try
        {
            var fields = Guarded(path, () => reader.Schema.GetDataFields());
            var roles = rolesOf([.. fields.Select(field => field.Name)]);
            var builder = new DatasetBuilder(path, roles, options);
            var used = new[] { roles.Target, roles.Weight, roles.Offset }.Concat(roles.Features).Where(i => i >= 0).ToHashSet();
            var rows = Guarded(path, () => reader.RowGroups.Sum(group => group.RowCount));
            if (reader.Metadata is { } metadata && metadata.NumRows != rows)
                throw new DataException(path, $"says that it has {metadata.NumRows} rows; its row groups have {rows}");
            for (var group = 0; group < Math.Max(1, reader.RowGroupCount); group++)
            {
                if (group < reader.RowGroupCount)
                    AddGroup(reader, stream, group, fields, used, builder, path, options);
                yield return builder.Take();
            }
        }
        finally
        {
            Wait(reader.DisposeAsync().AsTask());
        }
    }

    private static ParquetReader Open(WindowStream stream, string path)
    {
        return Guarded(path, () =>
        {
            CheckFooter(stream);
            return Task.Run(() => ParquetReader.CreateAsync(stream)).GetAwaiter().GetResult();
        });
    }

    // The library throws exceptions of many kinds at bytes that are no Parquet, OutOfMemoryException among them.
    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new DataException(path, "is not a Parquet file: " + e.Message);
        }
    }

    // Before the library makes room for it.
    private static void CheckFooter(WindowStream stream)
    {
        var end = new byte[8];
        if (stream.Length < LeastBytes)
            throw new InvalidDataException($"it has {stream.Length} bytes");
        stream.Position = stream.Length - end.Length;
        stream.ReadExactly(end);
        var footer = BitConverter.ToInt32(end);
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8) || footer < 1 || footer > stream.Length - LeastBytes)
            throw new InvalidDataException("there is no footer at its end");

        var bytes = new byte[footer];
        stream.Position = stream.Length - end.Length - footer;
        stream.ReadExactly(bytes);
        ParquetFooter.Check(bytes);
        stream.Position = 0;
    }

    private static void AddGroup(
        ParquetReader reader,
        WindowStream stream,
        int index,
        DataField[] fields,
        HashSet<int> used,
        DatasetBuilder builder,
        string path,
        ReadOptions options)
    {
        using var group = Guarded(path, () => reader.OpenRowGroupReader(index));
        if (group.RowCount is < 0 or > int.MaxValue)
            throw new DataException(path, $"row group {index + 1} says that it has {group.RowCount} rows");

        // The library's values are up to 16 bytes each, and those of all columns are there until they are rows.
        options.CheckSize(path, group.RowCount, used.Count + (2 * sizeof(double) / sizeof(float)));
        var rows = (int)group.RowCount;
        var columns = new double[fields.Length][];
        foreach (var i in used)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            columns[i] = Column(group, stream, fields[i], rows, path);
        }

        Func<int, int, double> missing = (column, row) => options.SkipsNaN || !fields[column].IsNullable
            ? double.NaN
            : throw new DataException(
                path,
                $"row {row + 1} of row group {index + 1}: column '{Message.Quote(fields[column].Name)}' is null or NaN; "
                + "--skip-nan leaves such rows out");
        for (var row = 0; row < rows; row++)
            builder.Add(new Fields(columns, row, missing));
    }

    /// <summary>A row of a group whose columns have been read.</summary>
    private readonly struct Fields(double[][] columns, int row, Func<int, int, double> missing) : IFields
    {
        public double Double(int column) => columns[column][row] is var value && double.IsNaN(value) ? missing(column, row) : value;

        public float Single(int column) => (float)Double(column);

        public float Level(int column, Levels levels) => throw new NotSupportedException();

        public string Text(int column) => throw new NotSupportedException();
    }

    private static double[] Column(ParquetRowGroupReader group, WindowStream stream, DataField field, int rows, string path)
    {
        if (field.IsArray || field.MaxRepetitionLevel > 0)
            throw new DataException(path, $"column '{Message.Quote(field.Name)}' holds lists");
        Func<double[]>? read = System.Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Single => () => Values<float>(group, field, rows, v => v),
            TypeCode.Double => () => Values<double>(group, field, rows, v => v),
            TypeCode.Int32 => () => Values<int>(group, field, rows, v => v),
            TypeCode.Int64 => () => Values<long>(group, field, rows, v => v),
            TypeCode.Int16 => () => Values<short>(group, field, rows, v => v),
            TypeCode.SByte => () => Values<sbyte>(group, field, rows, v => v),
            TypeCode.Byte => () => Values<byte>(group, field, rows, v => v),
            TypeCode.UInt16 => () => Values<ushort>(group, field, rows, v => v),
            TypeCode.UInt32 => () => Values<uint>(group, field, rows, v => v),
            TypeCode.UInt64 => () => Values<ulong>(group, field, rows, v => v),
            TypeCode.Decimal => () => Values<decimal>(group, field, rows, v => (double)v),
            TypeCode.Boolean => () => Values<bool>(group, field, rows, v => v ? 1 : 0),
            _ => null,
        };
        if (read is null)
            throw new DataException(path, $"column '{Message.Quote(field.Name)}' holds no numbers");
        try
        {
            var chunk = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException("the footer does not say where it is");
            stream.End = ParquetPages.Check(stream, chunk, rows, hasLevels: field.MaxDefinitionLevel > 0);
            return read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new DataException(path, $"column '{Message.Quote(field.Name)}' cannot be read: " + e.Message);
        }
        finally
        {
            stream.End = stream.Length;
        }
    }

    private static double[] Values<T>(ParquetRowGroupReader group, DataField field, int rows, Func<T, double> toDouble)
        where T : unmanaged
    {
        var result = new double[rows];
        if (field.IsNullable)
        {
            // The values that are there, and for every row whether it has one.
            var (values, levels) = (new T[rows], new int[rows]);
            var present = Written(values, () =>
            {
                Array.Fill(levels, -1);
                Wait(group.ReadRawAsync<T>(field, values.AsMemory(), levels.AsMemory(), null).AsTask());
                if (Array.Exists(levels, level => level < 0 || level > field.MaxDefinitionLevel))
                    throw new InvalidDataException($"there are fewer than {rows} values");
                return levels.Count(level => level == field.MaxDefinitionLevel);
            });
            for (int row = 0, next = 0; row < rows; row++)
                result[row] = levels[row] == field.MaxDefinitionLevel && next < present ? toDouble(values[next++]) : double.NaN;
            return result;
        }

        var all = new T[rows];
        Written(all, () =>
        {
            Wait(group.ReadRawAsync<T>(field, all.AsMemory(), null, null).AsTask());
            return rows;
        });
        for (var row = 0; row < rows; row++)
            result[row] = toDouble(all[row]);
        return result;
    }

    // The library leaves alone what a page does not hold: a value that keeps what was there before, whatever that is, was never written.
    private static int Written<T>(T[] values, Func<int> read)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        bytes.Fill(0xA5);
        var count = read();
        var mark = new T[1];
        MemoryMarshal.AsBytes(mark.AsSpan()).Fill(0xA5);
        if (!MemoryMarshal.AsBytes(values.AsSpan(0, count)).IsEmpty && values.AsSpan(0, count).IndexOf(mark[0]) is >= 0 and var first)
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
