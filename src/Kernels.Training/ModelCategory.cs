namespace Kernels.Training;

/// <summary>A column of words, of which a model has a feature "column=level" for each level but the first, 1 where the row has the level
/// and 0 elsewhere.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Levels">The words; the first is the reference, which has no feature.</param>
public sealed record ModelCategory(string Column, IReadOnlyList<string> Levels)
{
    /// <summary>The feature of a level.</summary>
    /// <param name="level">One of <see cref="Levels"/>.</param>
    /// <returns>Its name.</returns>
    public string FeatureOf(string level) => $"{Column}={level}";
}
