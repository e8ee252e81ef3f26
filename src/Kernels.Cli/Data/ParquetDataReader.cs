using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>Apache Parquet: flat columns of numbers, booleans or words; a null is NaN and needs --skip-nan.</summary>
internal static class ParquetDataReader
{
    private const int LeastBytes = 12; // PAR1, a length, PAR1

    /// <summary>Reads a block a row group; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        using var file = File.OpenRead(path);
        options.Progress?.Begin(file.Length);
        var stream = new WindowStream(file);
        var reader = Open(stream, path);
        try
        {
            var fields = Guarded(path, () => reader.Schema.GetDataFields());
            var roles = rolesOf([.. fields.Select(field => field.Name)]);
            var groups = new ColumnGroups(path, [.. fields.Select(field => (field.Name, ParquetColumn.KindOf(field)))], roles, options);
            var rows = Guarded(path, () => reader.RowGroups.Sum(group => group.RowCount));
            if (reader.Metadata is { } metadata && metadata.NumRows != rows)
                throw new DataException(path, $"says that it has {metadata.NumRows} rows; its row groups have {rows}");
            groups.CheckTypes();
            foreach (var block in groups.Read(Groups(reader, stream, fields, path, options)))
                yield return block;
        }
        finally
        {
            Wait(reader.DisposeAsync().AsTask());
        }
    }

    private static IEnumerable<IColumnGroup> Groups(
        ParquetReader reader, WindowStream stream, DataField[] fields, string path, ReadOptions options)
    {
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = Guarded(path, () => reader.OpenRowGroupReader(i));
            if (group.RowCount is < 0 or > int.MaxValue)
                throw new DataException(path, $"row group {i + 1} says that it has {group.RowCount} rows");
            yield return new Group(group, stream, fields, i, options);
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

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private sealed class Group(
        ParquetRowGroupReader group, WindowStream stream, DataField[] fields, int index, ReadOptions options) : IColumnGroup
    {
        public int Rows { get; } = (int)group.RowCount;

        public string Place => $"row group {index + 1}";

        public FileColumn Numbers(int column) => Read(column, () => ParquetColumn.Read(group, fields[column], Rows)!);

        public string?[] Words(int column) => Read(column, () => ParquetColumn.Words(group, fields[column], Rows));

        private T Read<T>(int column, Func<T> read)
        {
            var field = fields[column];
            try
            {
                var chunk = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException("the footer does not say where it is");
                options.Progress?.AddBytes(chunk.TotalCompressedSize);
                stream.End = ParquetPages.Check(stream, chunk, Rows, hasLevels: field.MaxDefinitionLevel > 0);
                return read();
            }
            finally
            {
                stream.End = stream.Length;
            }
        }
    }
}
