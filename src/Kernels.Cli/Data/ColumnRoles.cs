using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>Which columns of a file are features, label, weight and offset; −1 where there is none.</summary>
internal sealed record ColumnRoles(int[] Features, string[] FeatureNames, int Target, int Weight, int Offset)
{
    /// <summary>To train on: all columns that are nothing else are features.</summary>
    internal static ColumnRoles ToTrain(string[] names, ReadOptions options, string source)
    {
        var (weight, offset) = (Optional(names, options.Weight, source), Optional(names, options.Offset, source));
        int[] rest = [.. Enumerable.Range(0, names.Length).Where(i => i != weight && i != offset)];
        if (rest.Length == 0)
            throw new DataException(source, 1, "there is no column for the label");
        var target = options.Target is null ? rest[^1] : Find(names, options.Target, source);
        if (target == weight || target == offset)
            throw new DataException(source, 1, $"column '{names[target]}' cannot be the label and something else");
        int[] features = [.. rest.Where(i => i != target)];
        return new(features, [.. features.Select(i => names[i])], target, weight, offset);
    }

    /// <summary>For a model: its features, by name where the file has names; other columns are ignored.</summary>
    /// <param name="names">The file's columns.</param>
    /// <param name="options">Which columns are what.</param>
    /// <param name="source">The file, for messages.</param>
    /// <param name="model">The model's features.</param>
    /// <param name="labeled">Whether labels are needed.</param>
    internal static ColumnRoles ForModel(string[] names, ReadOptions options, string source, string[] model, bool labeled)
    {
        var (weight, offset) = (Optional(names, options.Weight, source), Optional(names, options.Offset, source));
        var byName = options.HasHeader && (model.All(names.Contains) || !model.All(name => int.TryParse(name, out _)));
        int[] features;
        if (byName)
        {
            features = Array.ConvertAll(model, name => Find(names, name, source));
        }
        else
        {
            // Columns without names: the features in order, with or without a label among them.
            int[] rest = [.. Enumerable.Range(0, names.Length).Where(i => i != weight && i != offset)];
            var skipped = rest.Length == model.Length ? -1 : options.Target is null ? rest[^1] : Find(names, options.Target, source);
            features = [.. rest.Where(i => i != skipped)];
            if (features.Length != model.Length)
                throw new DataException(source, 1, $"{names.Length} columns, but the model has {model.Length} features");
        }

        return new(features, model, labeled ? Label(names, options, source, [.. features, weight, offset]) : -1, weight, offset);
    }

    private static int Label(string[] names, ReadOptions options, string source, int[] taken)
    {
        if (options.Target is not null)
            return Find(names, options.Target, source);
        int[] free = [.. Enumerable.Range(0, names.Length).Where(i => !taken.Contains(i))];
        return free.Length switch
        {
            1 => free[0],
            0 => throw new DataException(source, 1, "there is no column for the label"),
            _ => throw new DataException(source, 1, $"say which column is the label: --target {string.Join(" or ", free.Take(5).Select(i => names[i]))}"),
        };
    }

    private static int Optional(string[] names, string? name, string source) => name is null ? -1 : Find(names, name, source);

    private static int Find(string[] names, string name, string source)
    {
        var index = Array.IndexOf(names, name);
        if (index >= 0)
            return index;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= names.Length)
            return number - 1;
        throw new DataException(source, 1, $"there is no column '{name}'; the columns are {string.Join(", ", names)}");
    }
}
