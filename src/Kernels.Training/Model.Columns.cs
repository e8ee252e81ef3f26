using System.Globalization;

namespace Kernels.Training;

/// <content>The columns of a file behind the features: found by name, and words made 0 and 1.</content>
public sealed partial record Model
{
    /// <summary>The columns of a file that a row is made of, in the order of the features: those of words once.</summary>
    public IReadOnlyList<string> Columns =>
        Categories is null ? Features : [.. Features.Select(feature => CategoryOf(feature)?.Column ?? feature).Distinct()];

    /// <summary>Makes a row of features from the fields of a file.</summary>
    /// <param name="fields">One for each of <see cref="Columns"/>: numbers with a point, and levels.</param>
    /// <param name="row">One value a feature; overwritten.</param>
    /// <exception cref="ArgumentException">There is another number of them, or a field is no number or no level.</exception>
    public void Encode(ReadOnlySpan<string> fields, Span<float> row)
    {
        var columns = Columns;
        if (fields.Length != columns.Count || row.Length != Features.Count)
            throw new ArgumentException(
                $"There are {fields.Length} fields for {columns.Count} columns, and a row of {row.Length} for {Features.Count} features.",
                nameof(fields));
        for (var (j, next) = (0, 0); j < fields.Length; j++)
        {
            var column = columns[j];
            if (Categories?.FirstOrDefault(category => category.Column == column) is { } category)
            {
                if (!category.Levels.Contains(fields[j]))
                    throw new ArgumentException($"Column '{column}' is '{fields[j]}', which training has not seen.", nameof(fields));
                for (var level = 1; level < category.Levels.Count; level++)
                    row[next++] = category.Levels[level] == fields[j] ? 1 : 0;
            }
            else if (!float.TryParse(fields[j], NumberStyles.Float, CultureInfo.InvariantCulture, out row[next++]))
            {
                throw new ArgumentException($"Column '{column}' is '{fields[j]}', which is no number.", nameof(fields));
            }
        }
    }

    /// <summary>Where the model's columns are among some columns: whatever their order, and whatever others there are.</summary>
    /// <param name="columns">The columns' names.</param>
    /// <returns>For each of <see cref="Columns"/> the place of its name: for each feature, where there are no columns of words.</returns>
    /// <exception cref="ArgumentException">A column's name is there not once.</exception>
    public int[] ColumnsIn(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var places = new Dictionary<string, int>(columns.Count);
        for (var i = 0; i < columns.Count; i++)
            places[columns[i]] = places.ContainsKey(columns[i]) ? -1 : i;
        var needed = Columns;
        var found = new int[needed.Count];
        for (var j = 0; j < found.Length; j++)
        {
            if (!places.TryGetValue(needed[j], out found[j]) || found[j] < 0)
                throw new ArgumentException($"There is {(places.ContainsKey(needed[j]) ? "more than one" : "no")} column '{needed[j]}'.",
                    nameof(columns));
        }

        return found;
    }

    // The levels but the first are features, side by side.
    private string? FaultOf(IReadOnlyList<ModelCategory> categories)
    {
        foreach (var category in categories)
        {
            if (category is not { Column: not null, Levels: { Count: >= 2 } levels } || levels.Any(level => level is null)
                || levels.Distinct().Count() != levels.Count)
                return "has a category without a column, or without two levels";
            var first = Features.TakeWhile(feature => feature != category.FeatureOf(levels[1])).Count();
            if (!Features.Skip(first).Take(levels.Count - 1).SequenceEqual(levels.Skip(1).Select(category.FeatureOf)))
                return "has a category whose levels are not its features";
        }

        return null;
    }

    private ModelCategory? CategoryOf(string feature) => Categories?.FirstOrDefault(
        category => category.Levels.Skip(1).Any(level => category.FeatureOf(level) == feature));
}
