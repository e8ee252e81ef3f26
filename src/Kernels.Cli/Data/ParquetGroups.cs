using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>The row groups of a Parquet file as blocks of rows.</summary>
internal sealed class ParquetGroups(
    ParquetReader reader, WindowStream stream, string path, DataField[] fields, ColumnRoles roles, ReadOptions options)
{
    // Rows of which all columns are written before the next: what they are written to stays in cache.
    private const int RowsAtATime = 64;

    private ChosenShift? _shift = options.ChoosesShift && options.Shift is null ? null : new(options.Shift);

    /// <summary>Refuses columns that hold no numbers where numbers are wanted, before any is read.</summary>
    internal void CheckTypes()
    {
        for (var j = 0; j < roles.Features.Length; j++)
        {
            if (roles.Levels?[j] is null)
                CheckNumbers(roles.Features[j]);
        }

        if (roles.Target >= 0 && fields[roles.Target].ClrType == typeof(bool))
        {
            roles.LabelWords.See(bool.FalseString, isOne: false);
            roles.LabelWords.See(bool.TrueString, isOne: true);
        }

        foreach (var column in (ReadOnlySpan<int>)[roles.Target, roles.Weight, roles.Offset])
        {
            if (column >= 0)
                CheckNumbers(column);
        }
    }

    /// <summary>No rows.</summary>
    internal Dataset Empty() => Of([], 0, _ => null);

    /// <summary>Reads the columns of a group, and begins to make rows of them.</summary>
    internal Task<Dataset> Begin(int index)
    {
        using var group = ParquetDataReader.Guarded(path, () => reader.OpenRowGroupReader(index));
        if (group.RowCount is < 0 or > int.MaxValue)
            throw new DataException(path, $"row group {index + 1} says that it has {group.RowCount} rows");

        // The library's values are up to 16 bytes each, and those of all columns are there until they are rows.
        options.CheckSize(path, group.RowCount, roles.Used + (2 * sizeof(double) / sizeof(float)));
        var rows = (int)group.RowCount;
        var columns = new ParquetColumn?[roles.Features.Length];
        for (var j = 0; j < columns.Length; j++)
            columns[j] = roles.Levels?[j] is { } levels ? Level(group, roles.Features[j], rows, levels, index) : Numbers(group, roles.Features[j], rows, index);
        _shift ??= new(ColumnShift.Of(columns!, Math.Min(rows, ColumnShift.SampleRows), roles.Levels));
        var others = Of([], rows, column => Numbers(group, column, rows, index).ToArray(rows)) with
        {
            Keys = roles.Key < 0 ? null : Keys(group, roles.Key, rows),
        };
        return Task.Run(() => others with { Values = new RowsInMemory(Values(columns!, rows), columns.Length) });
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

    private float[] Values(ParquetColumn[] columns, int rows)
    {
        var values = new float[(long)rows * columns.Length];
        for (var row = 0; row < rows; row += RowsAtATime)
        {
            var count = Math.Min(RowsAtATime, rows - row);
            for (var j = 0; j < columns.Length; j++)
                columns[j].CopyTo(row, count, _shift!.Values?[j] ?? 0, values.AsSpan((row * columns.Length) + j), columns.Length);
        }

        return values;
    }

    private ParquetColumn Numbers(ParquetRowGroupReader group, int index, int rows, int groupIndex)
    {
        var field = fields[index];
        var column = Read(group, index, rows, () => ParquetColumn.Read(group, field, rows)!);
        if (!options.SkipsNaN && column.FirstMissing is >= 0 and var row)
            throw new DataException(path, $"row {row + 1} of row group {groupIndex + 1}: column '{Message.Quote(field.Name)}' is null or NaN; --skip-nan leaves such rows out");
        return column;
    }

    private void CheckNumbers(int index)
    {
        var field = fields[index];
        if (field.IsArray || field.MaxRepetitionLevel > 0 || ParquetColumn.Holds(field))
            return; // lists are told of when they are read
        var name = Message.Quote(field.Name);
        throw new DataException(path, $"column '{name}' holds no numbers; --drop {name} leaves it out of training, --categorical {name} takes it for words");
    }

    // Words as the numbers that they have, those of a column of numbers as they are printed.
    private WordColumn Level(ParquetRowGroupReader group, int index, int rows, Levels levels, int groupIndex)
    {
        var (field, words) = (fields[index], Words(group, index, rows));
        var numbers = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var name = Message.Quote(field.Name);
            var word = words[row]?.Trim();
            if (string.IsNullOrEmpty(word) && !options.SkipsNaN)
                throw new DataException(path, $"row {row + 1} of row group {groupIndex + 1}: column '{name}' is no word; --skip-nan leaves out such rows");
            numbers[row] = string.IsNullOrEmpty(word) ? float.NaN : levels.NumberOf(word)
                ?? throw new DataException(path, $"row {row + 1} of row group {groupIndex + 1}: column '{name}' is '{Message.Quote(word)}', which training has not seen; --unseen reference takes it for the reference");
        }

        return new(numbers);
    }

    private string[] Keys(ParquetRowGroupReader group, int index, int rows) => Array.ConvertAll(Words(group, index, rows), word => word ?? string.Empty);

    private string?[] Words(ParquetRowGroupReader group, int index, int rows)
    {
        var field = fields[index];
        if (field.ClrType == typeof(ReadOnlyMemory<char>)) // what the library takes for a text
            return Read(group, index, rows, () => ParquetWords.Read(group, field, rows));
        if (!ParquetColumn.Holds(field))
            throw new DataException(path, $"column '{Message.Quote(field.Name)}' holds neither words nor numbers");
        var column = Read(group, index, rows, () => ParquetColumn.Read(group, field, rows)!);
        var words = new string?[rows];
        for (var row = 0; row < rows; row++)
            words[row] = double.IsNaN(column[row]) ? null : column.Text(row);
        return words;
    }

    private T Read<T>(ParquetRowGroupReader group, int index, int rows, Func<T> read)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        var field = fields[index];
        if (field.IsArray || field.MaxRepetitionLevel > 0)
            throw new DataException(path, $"column '{Message.Quote(field.Name)}' holds lists");
        try
        {
            var chunk = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException("the footer does not say where it is");
            options.Progress?.AddBytes(chunk.TotalCompressedSize);
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

    /// <summary>Words as their numbers.</summary>
    private sealed class WordColumn(float[] numbers) : ParquetColumn
    {
        internal override int FirstMissing => -1;

        internal override double this[int row] => numbers[row];

        internal override string Text(int row) => throw new NotSupportedException();

        internal override void CopyTo(int row, int count, double less, Span<float> to, int stride)
        {
            for (var i = 0; i < count; i++)
                to[i * stride] = numbers[row + i];
        }
    }
}
