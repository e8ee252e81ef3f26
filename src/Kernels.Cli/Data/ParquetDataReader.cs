using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>Apache Parquet: flat columns of numbers or booleans; a null is NaN and needs --skip-nan.</summary>
internal static class ParquetDataReader
{
    /// <summary>Reads a block a row group; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        using var stream = File.OpenRead(path);
        var reader = Open(stream, path);
        try
        {
            var fields = reader.Schema.GetDataFields();
            var roles = rolesOf([.. fields.Select(field => field.Name)]);
            var builder = new DatasetBuilder(path, roles, options.SkipsNaN);
            var used = new[] { roles.Target, roles.Weight, roles.Offset }.Concat(roles.Features).Where(i => i >= 0).ToHashSet();
            for (var group = 0; group < Math.Max(1, reader.RowGroupCount); group++)
            {
                if (group < reader.RowGroupCount)
                    AddGroup(reader, group, fields, used, builder, path, options);
                yield return builder.Take();
            }
        }
        finally
        {
            Wait(reader.DisposeAsync().AsTask());
        }
    }

    private static ParquetReader Open(Stream stream, string path)
    {
        try
        {
            return Task.Run(() => ParquetReader.CreateAsync(stream)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library throws exceptions of many kinds at bytes that are no Parquet.
            throw new DataException(path, "is not a Parquet file: " + e.Message.ReplaceLineEndings(" "));
        }
    }

    private static void AddGroup(ParquetReader reader, int index, DataField[] fields, HashSet<int> used, DatasetBuilder builder, string path, ReadOptions options)
    {
        using var group = reader.OpenRowGroupReader(index);
        var rows = checked((int)group.RowCount);
        var columns = new float[fields.Length][];
        foreach (var i in used)
            columns[i] = Column(group, fields[i], rows, path);
        var row = 0;
        Func<int, float> field = column => !float.IsNaN(columns[column][row]) || options.SkipsNaN || !fields[column].IsNullable
            ? columns[column][row]
            : throw new DataException(path, $"row {row + 1} of row group {index + 1}: column '{fields[column].Name}' is null or NaN; --skip-nan leaves such rows out");
        for (; row < rows; row++)
            builder.Add(field);
    }

    private static float[] Column(ParquetRowGroupReader group, DataField field, int rows, string path)
    {
        if (field.IsArray || field.MaxRepetitionLevel > 0)
            throw new DataException(path, $"column '{field.Name}' holds lists");
        return Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Single => Values<float>(group, field, rows, path, v => v),
            TypeCode.Double => Values<double>(group, field, rows, path, v => (float)v),
            TypeCode.Int32 => Values<int>(group, field, rows, path, v => v),
            TypeCode.Int64 => Values<long>(group, field, rows, path, v => v),
            TypeCode.Int16 => Values<short>(group, field, rows, path, v => v),
            TypeCode.SByte => Values<sbyte>(group, field, rows, path, v => v),
            TypeCode.Byte => Values<byte>(group, field, rows, path, v => v),
            TypeCode.UInt16 => Values<ushort>(group, field, rows, path, v => v),
            TypeCode.UInt32 => Values<uint>(group, field, rows, path, v => v),
            TypeCode.UInt64 => Values<ulong>(group, field, rows, path, v => v),
            TypeCode.Boolean => Values<bool>(group, field, rows, path, v => v ? 1f : 0f),
            _ => throw new DataException(path, $"column '{field.Name}' holds no numbers"),
        };
    }

    private static float[] Values<T>(ParquetRowGroupReader group, DataField field, int rows, string path, Func<T, float> toFloat)
        where T : struct
    {
        try
        {
            if (field.IsNullable)
            {
                var nullable = new T?[rows];
                Wait(group.ReadAsync<T>(field, nullable.AsMemory()).AsTask());
                return Array.ConvertAll(nullable, value => value is { } v ? toFloat(v) : float.NaN);
            }

            var values = new T[rows];
            Wait(group.ReadAsync<T>(field, values.AsMemory()).AsTask());
            return Array.ConvertAll(values, value => toFloat(value));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new DataException(path, $"column '{field.Name}' cannot be read: " + e.Message.ReplaceLineEndings(" "));
        }
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
