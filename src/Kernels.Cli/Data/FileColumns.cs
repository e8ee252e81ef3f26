using System.Buffers;

namespace Kernels.Cli.Data;

/// <summary>What the columns of a file are in their roles, each read whole of a group and checked.</summary>
internal sealed class FileColumns(
    string path, IReadOnlyList<(string Name, ColumnKind Kind)> fields, ColumnRoles roles, ReadOptions options)
{
    /// <summary>Refuses columns that hold no numbers where numbers are wanted, before any is read.</summary>
    internal void CheckTypes()
    {
        for (var j = 0; j < roles.Features.Length; j++)
        {
            if (roles.Levels?[j] is null)
                CheckNumbers(roles.Features[j]);
        }

        if (roles.Target >= 0 && fields[roles.Target].Kind != ColumnKind.Words && !roles.LabelWords.TakesNumber())
            throw new DataException(path,
                $"column '{Message.Quote(fields[roles.Target].Name)}' holds no words; {roles.LabelWords.Known()}");
        if (roles.Target >= 0 && fields[roles.Target].Kind == ColumnKind.Booleans)
        {
            roles.LabelWords.See(bool.FalseString, isOne: false);
            roles.LabelWords.See(bool.TrueString, isOne: true);
        }

        foreach (var column in (ReadOnlySpan<int>)[roles.Target, roles.Weight, roles.Offset])
        {
            if (column >= 0 && !(column == roles.Target && fields[column].Kind == ColumnKind.Words))
                CheckNumbers(column);
        }
    }

    /// <summary>A feature: its numbers, or those of its words.</summary>
    internal FileColumn Feature(IColumnGroup group, int feature) => roles.Levels?[feature] is { } levels
        ? Level(group, roles.Features[feature], levels)
        : Numbers(group, roles.Features[feature]);

    /// <summary>The numbers of a column, rounded.</summary>
    internal float[] Singles(IColumnGroup group, int index)
    {
        using var column = Numbers(group, index);
        return column.ToArray(group.Rows);
    }

    private FileColumn Numbers(IColumnGroup group, int index)
    {
        var column = Read(index, () => group.Numbers(index));
        if (!options.SkipsNaN && column.FirstMissing is >= 0 and var row)
            throw At(group, index, row, "is null or NaN; --skip-nan leaves such rows out");

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
        var words = Words(group, index);
        var numbers = ArrayPool<float>.Shared.Rent(words.Length);
        for (var row = 0; row < words.Length; row++)
        {
            var word = words[row]?.Trim();
            if (string.IsNullOrEmpty(word) && !options.SkipsNaN)
                throw At(group, index, row, "is no word; --skip-nan leaves out such rows");
            numbers[row] = string.IsNullOrEmpty(word) ? float.NaN : levels.NumberOf(word)
                ?? throw At(
                    group, index, row,
                    $"is '{Message.Quote(word)}', which training has not seen; --unseen reference takes it for the reference");
        }

        return new(numbers, words.Length, null);
    }

    /// <summary>The labels: numbers, or the codes of words, as a text file has them.</summary>
    internal float[] Labels(IColumnGroup group)
    {
        if (fields[roles.Target].Kind != ColumnKind.Words)
            return Singles(group, roles.Target);
        var words = Words(group, roles.Target);
        var labels = new float[words.Length];
        for (var row = 0; row < words.Length; row++)
        {
            var word = words[row]?.Trim();
            if (string.IsNullOrEmpty(word))
                labels[row] = options.SkipsNaN
                    ? float.NaN
                    : throw At(group, roles.Target, row, "is no word; --skip-nan leaves out such rows");
            else if (Number.TryParse(word, out float number) && roles.LabelWords.TakesNumber())
                labels[row] = number;
            else if (LabelWords.Truth(word) is { } truth && roles.LabelWords.TakesNumber())
                labels[row] = Seen(word, truth);
            else if (!roles.LabelWords.TakesWord())
                throw At(group, roles.Target, row, $"is '{Message.Quote(word)}', which is not a number");
            else
                labels[row] = roles.LabelWords.CodeOf(word)
                    ?? throw At(group, roles.Target, row, $"is '{Message.Quote(word)}', {roles.LabelWords.Fault()}");
        }

        return labels;

        float Seen(string word, double truth)
        {
            roles.LabelWords.See(word, isOne: truth == 1);
            return (float)truth;
        }
    }

    /// <summary>The words of a column, those of numbers as they are printed; null for none.</summary>
    internal string?[] Words(IColumnGroup group, int index)
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

    private DataException At(IColumnGroup group, int index, int row, string what) =>
        new(path, $"row {row + 1} of {group.Place}: column '{Message.Quote(fields[index].Name)}' {what}");
}
