using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics;

namespace Kernels.Cli.Data;

/// <summary>A file that has its rows by columns, group by group, as blocks of rows.</summary>
internal sealed class ColumnGroups(string path, FileColumns file, ColumnRoles roles, ReadOptions options)
{
    // Rows of which all columns are written before the next: what they are written to stays in cache.
    private const int RowsAtATime = 64;

    // A multiple of that, for each thread.
    private const int RowsOfAPart = 128 * RowsAtATime;

    // Where all rows go that are kept, and how many are there.
    private float[]? _all;
    private int _rows;
    private ChosenShift? _shift = options.ChoosesShift && options.Shift is null ? null : new(options.Shift);

    /// <summary>The rows of all groups; at least one block, which may be empty. The columns of a group become rows while those of the next
    /// are read.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="allRows">The rows of all of them; null where that is not known.</param>
    internal IEnumerable<Dataset> Read(IEnumerable<IColumnGroup> groups, long? allRows = null)
    {
        if (options.KeepsAll && allRows is { } all)
        {
            options.CheckSize(path, all, roles.Used);
            _all = GC.AllocateUninitializedArray<float>((int)(all * roles.Features.Length));
        }

        Task<Dataset>? begun = null;
        foreach (var group in groups)
        {
            var next = Begin(group);
            if (begun is not null)
                yield return begun.GetAwaiter().GetResult();
            begun = next;
        }

        yield return begun is null ? Of([], 0, _ => null) : begun.GetAwaiter().GetResult();
    }

    private Task<Dataset> Begin(IColumnGroup group)
    {
        var rows = group.Rows;

        // The library's values are up to 16 bytes each, and those of all columns are there until they are rows.
        options.CheckSize(path, rows, roles.Used + (2 * sizeof(double) / sizeof(float)));
        var columns = new FileColumn?[roles.Features.Length];
        var others = default(Dataset);
        Together(columns.Length + 1, j =>
        {
            if (j == columns.Length)
                others = Others(group);
            else
                columns[j] = file.Feature(group, j);
        });
        _shift ??= new(ColumnShift.Of(columns!, Math.Min(rows, ColumnShift.SampleRows), roles.Levels));
        var first = _all is null ? 0 : _rows;
        _rows += rows;
        return Task.Run(() =>
        {
            var all = _all ?? GC.AllocateUninitializedArray<float>(checked(rows * columns.Length));
            Parallel.For(0, (rows + RowsOfAPart - 1) / RowsOfAPart, part =>
            {
                var (from, end) = (part * RowsOfAPart, Math.Min((part + 1) * RowsOfAPart, rows));
                WriteRows(columns!, from, end, all.AsSpan(first * columns.Length, rows * columns.Length));
            });
            foreach (var column in columns)
                column!.Dispose();
            return others! with { Values = new RowsInMemory(all, columns.Length, first), Shift = _shift.Values };
        });
    }

    // What is beside the features.
    private Dataset Others(IColumnGroup group) =>
        Of([], group.Rows, column => column == roles.Target ? file.Labels(group) : file.Singles(group, column)) with
        {
            Keys = roles.Key < 0 ? null : Array.ConvertAll(file.Words(group, roles.Key), word => word ?? string.Empty),
        };

    // By several threads; of several columns in which something is wrong the first is told.
    private void Together(int columns, Action<int> read)
    {
        var (faults, first) = (new Exception?[columns], columns);
        Parallel.For(0, columns, new ParallelOptions { CancellationToken = options.Cancellation }, j =>
        {
            if (j > Volatile.Read(ref first))
                return;
            try
            {
                read(j);
            }
            catch (Exception e)
            {
                faults[j] = e;
                for (var least = Volatile.Read(ref first); j < least;)
                    least = Interlocked.CompareExchange(ref first, j, least);
            }
        });
        if (first < columns)
            ExceptionDispatchInfo.Throw(faults[first]!);
    }

    private Dataset Of(float[] values, int rows, Func<int, float[]?> numbers) =>
        new(path, new RowsInMemory(values, roles.Features.Length), rows, roles.Features.Length, roles.FeatureNames)
        {
            Labels = roles.Target < 0 ? null : numbers(roles.Target) ?? [],
            SampleWeights = roles.Weight < 0 ? null : numbers(roles.Weight) ?? [],
            Offset = roles.Offset < 0 ? null : numbers(roles.Offset) ?? [],
            Levels = roles.Levels,
            Target = roles.TargetName,
            LabelWords = roles.LabelWords,
            Shift = _shift?.Values,
            SkipsNaN = options.SkipsNaN,
        };

    private void WriteRows(FileColumn[] columns, int from, int end, Span<float> values)
    {
        for (var row = from; row < end; row += RowsAtATime)
        {
            var count = Math.Min(RowsAtATime, end - row);
            for (var j = 0; j < columns.Length;)
            {
                var to = values[((row * columns.Length) + j)..];
                if (WriteFour(columns, j, row, count, to))
                {
                    j += 4;
                    continue;
                }

                columns[j].CopyTo(row, count, _shift!.Values?[j] ?? 0, to, columns.Length);
                j++;
            }
        }
    }

    // Four columns by one store a row: 300,000 × 30 of Parquet take 30 ms for 37. False where one of them is not of float32, or not
    // written as it is.
    private bool WriteFour(FileColumn[] columns, int j, int row, int count, Span<float> to)
    {
        if (j + 4 > columns.Length)
            return false;
        for (var k = j; k < j + 4; k++)
        {
            if ((_shift!.Values?[k] ?? 0) != 0 || columns[k] is not NumberColumn<float> { HasAll: true })
                return false;
        }

        WriteFour(ValuesOf(j), ValuesOf(j + 1), ValuesOf(j + 2), ValuesOf(j + 3), to, columns.Length);
        return true;

        ReadOnlySpan<float> ValuesOf(int k) => ((NumberColumn<float>)columns[k]).Values.Slice(row, count);
    }

    private static void WriteFour(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, Span<float> to, int stride)
    {
        for (int i = 0, at = 0; i < a.Length && i < b.Length && i < c.Length && i < d.Length; i++, at += stride)
            Vector128.Create(a[i], b[i], c[i], d[i]).CopyTo(to[at..]);
    }
}
