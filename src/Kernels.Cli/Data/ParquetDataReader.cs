using System.Collections.Concurrent;

namespace Kernels.Cli.Data;

/// <summary>Apache Parquet: flat columns of numbers, booleans or words; a null is NaN and needs --skip-nan. The columns of a row group are
/// read by several threads, each with the file opened once more.</summary>
internal static class ParquetDataReader
{
    /// <summary>Reads a block a row group; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        using var files = new Files(path);
        var first = files.Take();
        options.Progress?.Begin(new FileInfo(path).Length);
        var roles = rolesOf([.. first.Fields.Select(field => field.Name)]);
        var columns = new FileColumns(
            path, [.. first.Fields.Select(field => (field.Name, ParquetColumn.KindOf(field)))], roles, options);
        var counts = RowsOfGroups(first, path);
        columns.CheckTypes();
        files.Return(first);
        foreach (var block in new ColumnGroups(path, columns, roles, options).Read(Groups(files, counts, options), counts.Sum()))
            yield return block;
    }

    // None is negative, and their sum is what the file says.
    private static long[] RowsOfGroups(ParquetFile file, string path)
    {
        var counts = ParquetFile.Guarded(path, () => file.Reader.RowGroups.Select(group => group.RowCount).ToArray());
        if (Array.FindIndex(counts, count => count is < 0 or > int.MaxValue) is >= 0 and var wrong)
            throw new DataException(path, $"row group {wrong + 1} says that it has {counts[wrong]} rows");
        if (file.Reader.Metadata is { } metadata && metadata.NumRows != counts.Sum())
            throw new DataException(path, $"says that it has {metadata.NumRows} rows; its row groups have {counts.Sum()}");
        return counts;
    }

    private static IEnumerable<IColumnGroup> Groups(Files files, long[] counts, ReadOptions options)
    {
        for (var i = 0; i < counts.Length; i++)
            yield return new Group(files, i, (int)counts[i], options.Progress);
    }

    private sealed class Group(Files files, int index, int rows, ReadProgress? progress) : IColumnGroup
    {
        public int Rows => rows;

        public string Place => $"row group {index + 1}";

        public FileColumn Numbers(int column) => With(file => file.Numbers(index, column, rows, progress));

        public string?[] Words(int column) => With(file => file.Words(index, column, rows, progress));

        private T With<T>(Func<ParquetFile, T> read)
        {
            var file = files.Take();
            try
            {
                return read(file);
            }
            finally
            {
                files.Return(file);
            }
        }
    }

    /// <summary>The file, opened as often as threads read it at a time.</summary>
    private sealed class Files(string path) : IDisposable
    {
        private readonly ConcurrentStack<ParquetFile> _idle = new();
        private readonly ConcurrentBag<ParquetFile> _all = [];

        internal ParquetFile Take()
        {
            if (_idle.TryPop(out var file))
                return file;
            _all.Add(file = ParquetFile.Open(path));
            return file;
        }

        internal void Return(ParquetFile file) => _idle.Push(file);

        public void Dispose()
        {
            foreach (var file in _all)
                file.Dispose();
        }
    }
}
