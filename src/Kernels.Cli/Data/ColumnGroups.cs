using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Kernels.Cli.Data;

/// <summary>A file that has its rows by columns, group by group, as blocks of rows.</summary>
internal sealed class ColumnGroups(
    string path, IReadOnlyList<(string Name, ColumnKind Kind)> fields, ColumnRoles roles, ReadOptions options)
{
    // Rows of which all columns are written before the next: what they are written to stays in cache.
    private const int RowsAtATime = 64;

    private bool HasWordsAsLabels => roles.Target >= 0 && fields[roles.Target].Kind == ColumnKind.Words;

    // Where all rows go that are kept, and how many are there.
    private float[]? _all;
    private int _rows;
    private ChosenShift? _shift = options.ChoosesShift && options.Shift is null ? null : new(options.Shift);

    /// <summary>Refuses columns that hold no numbers where numbers are wanted, before any is read.</summary>
    internal void CheckTypes()
    {
        for (var j = 0; j < roles.Features.Length; j++)
        {
            if (roles.Levels?[j] is null)
                CheckNumbers(roles.Features[j]);
        }

        if (roles.Target >= 0 && fields[roles.Target].Kind == ColumnKind.Booleans)
        {
            roles.LabelWords.See(bool.FalseString, isOne: false);
            roles.LabelWords.See(bool.TrueString, isOne: true);
        }

        foreach (var column in (ReadOnlySpan<int>)[roles.Target, roles.Weight, roles.Offset])
        {
            if (column >= 0 && !(column == roles.Target && HasWordsAsLabels))
                CheckNumbers(column);
        }
    }

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
                columns[j] = roles.Levels?[j] is { } levels ? Level(group, roles.Features[j], levels) : Numbers(group, roles.Features[j]);
        });
        _shift ??= new(ColumnShift.Of(columns!, Math.Min(rows, ColumnShift.SampleRows), roles.Levels));
        var first = _all is null ? 0 : _rows;
        _rows += rows;
        return Task.Run(() =>
        {
            var all = _all ?? GC.AllocateUninitializedArray<float>(checked(rows * columns.Length));
            WriteRows(columns!, rows, all.AsSpan(first * columns.Length, rows * columns.Length));
            foreach (var column in columns)
                column!.Dispose();
            return others! with { Values = new RowsInMemory(all, columns.Length, first), Shift = _shift.Values };
        });
    }

    // What is beside the features.
    private Dataset Others(IColumnGroup group) =>
        Of([], group.Rows, column => column == roles.Target && HasWordsAsLabels ? Labels(group) : Singles(group, column)) with
        {
            Keys = roles.Key < 0 ? null : Array.ConvertAll(Words(group, roles.Key), word => word ?? string.Empty),
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

    private void WriteRows(FileColumn[] columns, int rows, Span<float> values)
    {
        for (var row = 0; row < rows; row += RowsAtATime)
        {
            var count = Math.Min(RowsAtATime, rows - row);
            for (var j = 0; j < columns.Length; j++)
                columns[j].CopyTo(row, count, _shift!.Values?[j] ?? 0, values[((row * columns.Length) + j)..], columns.Length);
        }
    }

    private float[] Singles(IColumnGroup group, int index)
    {
        using var column = Numbers(group, index);
        return column.ToArray(group.Rows);
    }

    private FileColumn Numbers(IColumnGroup group, int index)
    {
        var column = Read(index, () => group.Numbers(index));
        if (!options.SkipsNaN && column.FirstMissing is >= 0 and var row)
        {
            throw new DataException(
                path,
                $"row {row + 1} of {group.Place}: column '{Message.Quote(fields[index].Name)}' is null or NaN; --skip-nan leaves such rows out");
        }

        return column;
    }

    private void CheckNumbers(int index)
    {
        var (name, kind) = (Message.Quote(fields[index].Name), fields[index].Kind);
        if (kind is not (ColumnKind.Lists or ColumnKind.Numbers or ColumnKind.Booleans)) // lists are told of when they are read
        {
            throw new DataException(
                path,
                $"column '{name}' holds no numbers; --drop {name} leaves it out of training, --categorical {name} takes it for words");
        }
    }

    // Words as the numbers that they have, those of a column of numbers as they are printed.
    private NumberColumn<float> Level(IColumnGroup group, int index, Levels levels)
    {
        var (name, words) = (Message.Quote(fields[index].Name), Words(group, index));
        var numbers = ArrayPool<float>.Shared.Rent(words.Length);
        for (var row = 0; row < words.Length; row++)
        {
            var word = words[row]?.Trim();
            if (string.IsNullOrEmpty(word) && !options.SkipsNaN)
                throw At(row, "is no word; --skip-nan leaves out such rows");
            numbers[row] = string.IsNullOrEmpty(word) ? float.NaN : levels.NumberOf(word)
                ?? throw At(row, $"is '{Message.Quote(word)}', which training has not seen; --unseen reference takes it for the reference");
        }

        return new(numbers, words.Length, null);

        DataException At(int row, string what) => new(path, $"row {row + 1} of {group.Place}: column '{name}' {what}");
    }

    // As a text file has them.
    private float[] Labels(IColumnGroup group)
    {
        var words = Words(group, roles.Target);
        var labels = new float[words.Length];
        for (var row = 0; row < words.Length; row++)
        {
            var word = words[row]?.Trim();
            if (string.IsNullOrEmpty(word))
                labels[row] = options.SkipsNaN ? float.NaN : throw At(row, "is no word; --skip-nan leaves out such rows");
            else if (Number.TryParse(word, out float number) && roles.LabelWords.TakesNumber())
                labels[row] = number;
            else if (LabelWords.Truth(word) is { } truth && roles.LabelWords.TakesNumber())
                labels[row] = Seen(word, truth);
            else if (!roles.LabelWords.TakesWord())
                throw At(row, $"is '{Message.Quote(word)}', which is not a number");
            else
                labels[row] = roles.LabelWords.CodeOf(word) ?? throw At(row, $"is '{Message.Quote(word)}', {roles.LabelWords.Fault()}");
        }

        return labels;

        float Seen(string word, double truth)
        {
            roles.LabelWords.See(word, isOne: truth == 1);
            return (float)truth;
        }

        DataException At(int row, string what) =>
            new(path, $"row {row + 1} of {group.Place}: column '{Message.Quote(fields[roles.Target].Name)}' {what}");
    }

    private string?[] Words(IColumnGroup group, int index)
    {
        var (name, kind) = fields[index];
        if (kind == ColumnKind.Words)
            return Read(index, () => group.Words(index));
        if (kind is not (ColumnKind.Numbers or ColumnKind.Booleans))
            throw new DataException(path, $"column '{Message.Quote(name)}' holds neither words nor numbers");
        var column = Read(index, () => group.Numbers(index));
        var words = new string?[group.Rows];
        for (var row = 0; row < words.Length; row++)
            words[row] = double.IsNaN(column[row]) ? null : column.Text(row);
        column.Dispose();
        return words;
    }

    private T Read<T>(int index, Func<T> read)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        var (name, kind) = fields[index];
        if (kind == ColumnKind.Lists)
            throw new DataException(path, $"column '{Message.Quote(name)}' holds lists");
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new DataException(path, $"column '{Message.Quote(name)}' cannot be read: " + e.Message);
        }
    }
}

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    Numbers,
    Booleans,
    Words,
    Lists,
    Others,
}

/// <summary>Some rows of a file that has them by columns.</summary>
internal interface IColumnGroup
{
    int Rows { get; }

    /// <summary>What it is called in messages.</summary>
    string Place { get; }

    /// <summary>A column of numbers or booleans. Several threads may ask for several columns.</summary>
    FileColumn Numbers(int column);

    /// <summary>A column of words; null for none.</summary>
    string?[] Words(int column);
}
