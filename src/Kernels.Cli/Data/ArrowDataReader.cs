using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;

namespace Kernels.Cli.Data;

/// <summary>Apache Arrow IPC, a file (Feather 2) or a stream: flat columns of numbers, booleans or words; a null is NaN and needs
/// --skip-nan.</summary>
internal static class ArrowDataReader
{
    private static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>Reads a block a record batch; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        using var file = File.OpenRead(path);
        options.Progress?.Begin(file.Length);
        using var reader = Guarded(path, () => Open(file));
        var fields = Guarded(
            path, () => reader.Schema.FieldsList.Select(field => (field.Name, ArrowColumn.KindOf(field.DataType))).ToArray());
        var roles = rolesOf([.. fields.Select(field => field.Name)]);
        var columns = new FileColumns(path, fields, roles, options);
        columns.CheckTypes();
        foreach (var block in new ColumnGroups(path, columns, roles, options).Read(Batches(reader, file, path, fields.Length, options)))
            yield return block;
    }

    private static IEnumerable<IColumnGroup> Batches(
        ArrowStreamReader reader, FileStream file, string path, int columns, ReadOptions options)
    {
        for (var index = 1; ; index++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var before = file.Position;
            using var batch = Guarded(path, reader.ReadNextRecordBatch);
            if (batch is null)
                yield break;
            options.Progress?.AddBytes(Math.Max(0, file.Position - before));
            if (batch.ColumnCount != columns || Enumerable.Range(0, columns).Any(i => batch.Column(i).Length != batch.Length))
                throw new DataException(path, $"record batch {index} has columns of several lengths");
            yield return new Batch(batch, index);
        }
    }

    private static ArrowStreamReader Open(FileStream file)
    {
        Span<byte> start = stackalloc byte[6];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (read < start.Length)
            throw new InvalidDataException($"it has {read} bytes");
        var codecs = new CompressionCodecFactory();
        return start.SequenceEqual(Magic) ? new ArrowFileReader(file, codecs) : new ArrowStreamReader(file, codecs);
    }

    // The library takes what a file says on trust, and throws exceptions of many kinds.
    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new DataException(path, "is not an Arrow file: " + e.Message);
        }
    }

    private sealed class Batch(RecordBatch batch, int index) : IColumnGroup
    {
        public int Rows => batch.Length;

        public string Place => $"record batch {index}";

        public FileColumn Numbers(int column) => ArrowColumn.Numbers(batch.Column(column));

        public string?[] Words(int column) => ArrowColumn.Words(batch.Column(column));
    }
}
