namespace Kernels.Cli.Data;

/// <summary>Which columns of a file are features, label, weight and offset; −1 where there is none.</summary>
internal sealed record ColumnRoles(int[] Features, string[] FeatureNames, int Target, int Weight, int Offset)
{
    /// <summary>The label's name, where columns have names.</summary>
    internal string? TargetName { get; init; }

    /// <summary>Of each feature that is a column of words its levels; null for none.</summary>
    internal Levels?[]? Levels { get; init; }

    /// <summary>The column whose text goes beside a score; −1 for none.</summary>
    internal int Key { get; init; } = -1;

    /// <summary>The words that the label is written in.</summary>
    internal LabelWords LabelWords { get; init; } = new();

    /// <summary>How many the file has.</summary>
    internal int FileColumns { get; init; }

    /// <summary>How many columns are read.</summary>
    internal int Used => Features.Length + (Target >= 0 ? 1 : 0) + (Weight >= 0 ? 1 : 0) + (Offset >= 0 ? 1 : 0);

    /// <summary>To train on: all columns that are nothing else are features.</summary>
    internal static ColumnRoles ToTrain(string[] header, ReadOptions options, string source)
    {
        var names = new ColumnNames(header, source, options);
        var (weight, offset) = (names.FindOrNone(options.Weight), names.FindOrNone(options.Offset));
        var dropped = names.FindAll(options.Dropped);
        int[] rest = [.. Enumerable.Range(0, names.Count).Where(i => i != weight && i != offset && !dropped.Contains(i))];
        if (rest.Length == 0)
            throw new DataException(source, 1, "there is no column for the label");
        var target = options.Target is null ? rest[^1] : names.Find(options.Target);
        if (target == weight || target == offset)
            throw new DataException(source, 1, $"column '{Message.Quote(names[target])}' cannot be the label and something else");
        var chosen = options.Features.Count > 0 ? names.FindAll(options.Features) : null;
        int[] features = [.. rest.Where(i => i != target && chosen?.Contains(i) != false)];
        foreach (var i in options.HasHeader ? features : [])
            names.CheckUnique(names[i]);
        return new(features, [.. features.Select(i => names[i])], target, weight, offset)
        {
            FileColumns = names.Count,
            LabelWords = options.NewLabelWords(),
            TargetName = options.HasHeader ? names[target] : null,
            Levels = LevelsOf(names, features, options, source),
        };
    }

    /// <summary>For a model: its features, by name where the file has names; other columns are ignored.</summary>
    /// <param name="header">The file's columns.</param>
    /// <param name="options">Which columns are what.</param>
    /// <param name="source">The file, for messages.</param>
    /// <param name="model">The model's features.</param>
    /// <param name="labeled">Whether labels are needed.</param>
    internal static ColumnRoles ForModel(string[] header, ReadOptions options, string source, string[] model, bool labeled)
    {
        var names = new ColumnNames(header, source, options);
        var (weight, offset) = (names.FindOrNone(options.Weight), names.FindOrNone(options.Offset));
        var byName = options.HasHeader && (model.All(names.Contains) || !model.All(name => int.TryParse(name, out _)));
        int[] features;
        if (byName)
        {
            features = Array.ConvertAll(model, names.Find);
        }
        else
        {
            // Columns without names: the features in order, with or without a label among them.
            int[] rest = [.. Enumerable.Range(0, names.Count).Where(i => i != weight && i != offset)];
            var label = options.Target is not null ? names.Find(options.Target) : rest.Length > 0 ? rest[^1] : -1;
            var skipped = rest.Length == model.Length ? -1 : label;
            features = [.. rest.Where(i => i != skipped)];
            if (features.Length != model.Length)
                throw new DataException(source, 1, $"{names.Count} columns, but the model has {model.Length} features");
        }

        return new(features, model, labeled ? Label(names, options, source, [.. features, weight, offset]) : -1, weight, offset)
        {
            FileColumns = names.Count,
            LabelWords = options.NewLabelWords(),
            Key = names.FindOrNone(options.Key),
            Levels = options.Categories is not { } categories ? null : Array.ConvertAll(
                model, name => categories.FirstOrDefault(category => category.Column == name) is { } category
                    ? new Levels(category, options.IsUnseenReference)
                    : null),
        };
    }

    private static Levels?[]? LevelsOf(ColumnNames names, int[] features, ReadOptions options, string source)
    {
        if (options.Categorical.Count == 0)
            return null;
        var words = names.FindAll(options.Categorical);
        if (words.FirstOrDefault(i => !features.Contains(i), -1) is >= 0 and var other)
            throw new DataException(source, 1, $"column '{Message.Quote(names[other])}' is no feature, so it cannot be categorical");
        return Array.ConvertAll(features, i => words.Contains(i) ? new Levels(names[i]) : null);
    }

    private static int Label(ColumnNames names, ReadOptions options, string source, HashSet<int> taken)
    {
        if (options.Target is not null)
            return names.Find(options.Target);
        int[] free = [.. Enumerable.Range(0, names.Count).Where(i => !taken.Contains(i))];
        return free.Length switch
        {
            1 => free[0],
            0 => throw new DataException(source, 1, "there is no column for the label"),
            _ => throw new DataException(
                source,
                1,
                $"say which column is the label: --target {string.Join(" or ", free.Take(5).Select(i => Message.Quote(names[i])))}"),
        };
    }
}
