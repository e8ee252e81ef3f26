using Kernels.Training;

namespace Kernels.Cli.Data;

/// <summary>Columns of words as columns of 0 and 1: one a level but the first, which is the reference.</summary>
internal static class OneHot
{
    /// <summary>Rows whose words are numbered, with a column a level instead.</summary>
    /// <exception cref="DataException">They are too many columns, or one has the name of another.</exception>
    internal static Dataset Of(Dataset data, ReadOptions options)
    {
        if (data.Levels is not { } levels)
            return data;
        var orders = Array.ConvertAll(levels, column => column?.InOrder());
        var names = new List<string>();
        var shift = new List<double>();
        var categories = new List<ModelCategory>();
        for (var j = 0; j < levels.Length; j++)
        {
            if (orders[j] is not { } order)
            {
                names.Add(data.Features[j]);
                shift.Add(data.Shift?[j] ?? 0);
                continue;
            }

            // A column of one word tells nothing.
            var category = new ModelCategory(data.Features[j], order);
            names.AddRange(order.Skip(1).Select(category.FeatureOf));
            shift.AddRange(order.Skip(1).Select(_ => 0.0));
            if (order.Length > 1)
                categories.Add(category);
        }

        if (names.Count > options.MaxColumns)
            throw new DataException(data.Source, options.TooManyColumns(names.Count));
        options.CheckSize(data.Source, data.Rows, names.Count);
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataException(data.Source, 1, $"more than one column would have the name '{Message.Quote(twice.Key)}'; rename one");
        return data with
        {
            Values = new RowsInMemory(Values(data, levels, orders, names.Count), names.Count),
            Stride = names.Count,
            Features = [.. names],
            Shift = data.Shift is null ? null : [.. shift],
            Levels = null,
            Categories = categories.Count > 0 ? [.. categories] : null,
        };
    }

    /// <summary>The columns of a file behind a model's features, and what is subtracted from each.</summary>
    internal static (string[] Columns, double[]? Shift) Behind(string[] features, IReadOnlyList<ModelCategory>? categories, double[]? shift)
    {
        if (categories is null)
            return (features, shift);
        var ofFeature = new Dictionary<string, string>();
        foreach (var category in categories)
        {
            foreach (var level in category.Levels.Skip(1))
                ofFeature[category.FeatureOf(level)] = category.Column;
        }

        var (columns, less) = (new List<string>(), new List<double>());
        for (var j = 0; j < features.Length; j++)
        {
            var isLevel = ofFeature.TryGetValue(features[j], out var column);
            if (isLevel && columns.Contains(column!))
                continue;
            columns.Add(column ?? features[j]);
            less.Add(isLevel ? 0 : shift?[j] ?? 0);
        }

        return ([.. columns], shift is null ? null : [.. less]);
    }

    private static float[] Values(Dataset data, Levels?[] levels, string[]?[] orders, int width)
    {
        // The column of each number, from the category's first; −1 for the reference.
        var places = new int[levels.Length][];
        for (var j = 0; j < levels.Length; j++)
        {
            places[j] = orders[j] is null ? [] : new int[orders[j]!.Length];
            for (var k = 0; k < places[j].Length; k++)
                places[j][levels[j]!.NumberOfKnown(orders[j]![k])] = k - 1;
        }

        var values = new float[(long)data.Rows * width];
        for (var i = 0; i < data.Rows; i++)
        {
            var row = data.Values.Read(i, 1);
            var to = values.AsSpan(i * width, width);
            for (int j = 0, at = 0; j < levels.Length; j++)
            {
                if (levels[j] is null)
                    to[at++] = row[j];
                else if (float.IsNaN(row[j]))
                    to.Slice(at, Math.Max(0, places[j].Length - 1)).Fill(float.NaN);
                else if (places[j][(int)row[j]] is >= 0 and var place)
                    to[at + place] = 1;
                at += levels[j] is null ? 0 : Math.Max(0, places[j].Length - 1);
            }
        }

        return values;
    }
}
