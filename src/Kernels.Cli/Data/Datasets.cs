using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli.Data;

/// <summary>A data set in blocks of rows: one in memory, or as many as a file needs that is larger than that.</summary>
internal sealed class Datasets(IReadOnlyList<Dataset> blocks)
{
    internal IReadOnlyList<Dataset> Blocks => blocks;

    internal string Source => blocks[0].Source;

    /// <summary>The format that the rows were taken to be of by the look of them; null where that was said, or the name said it.</summary>
    internal DataFormat? Assumed { get; init; }

    internal string[] Features => blocks[0].Features;

    internal int Columns => blocks[0].Columns;

    internal bool SkipsNaN => blocks[0].SkipsNaN;

    /// <summary>What was subtracted from the features; null for nothing.</summary>
    internal double[]? Shift => blocks[0].Shift;

    /// <summary>The columns of words that features stand for; null for none.</summary>
    internal ModelCategory[]? Categories => blocks[0].Categories;

    /// <summary>The words of the labels 0 and 1; null for none.</summary>
    internal string[]? LabelWords => blocks[0].LabelWords?.Both;

    /// <summary>The label's name, if it has one.</summary>
    internal string? Target => blocks[0].Target;

    internal long Rows { get; init; } = blocks.Sum(block => (long)block.Rows);

    /// <summary>
    /// The labels of every block as the link takes them. For logit 0 and 1: probabilities as they are, and of any other two values the
    /// smaller as 0; the two are told as well.
    /// </summary>
    /// <param name="coding">The two labels of a model, in the place of those found.</param>
    /// <param name="positive">The label that counts as 1, as the file writes it; null for the larger.</param>
    internal (float[][] Targets, double[]? Labels) Targets<TLink>(IReadOnlyList<double>? coding = null, string? positive = null)
        where TLink : struct, ILink
    {
        if (Rows == 0 || blocks.Any(block => block.Labels is null))
            throw new DataException(Source, "there are no labeled rows");
        var words = blocks[0].LabelWords is { AreWords: true } found ? found : null;
        float[][] labels = [.. blocks.Select(block => words?.Settled(block.Labels!, positive) ?? block.Labels!)];
        if (typeof(TLink) == typeof(Log) && labels.SelectMany(block => block).FirstOrDefault(label => label < 0) is < 0 and var negative)
            throw new DataException(Source, $"a count must not be negative; there is {negative}");
        if (typeof(TLink) != typeof(Logit))
            return (labels, null);
        var given = labels.SelectMany(block => block).Where(label => !(SkipsNaN && float.IsNaN(label)));
        if (words is not null || (coding is null && positive is null && given.All(label => label is >= 0 and <= 1)))
            return (labels, null);
        var distinct = coding is null ? given.Distinct().Take(3).Order().ToArray() : [(float)coding[0], (float)coding[1]];
        if (coding is not null && given.FirstOrDefault(label => !distinct.Contains(label), distinct[0]) is var other
            && !distinct.Contains(other))
            throw new DataException(Source, $"there is a label {other}; the model knows {distinct[0]} and {distinct[1]}");
        if (distinct.Length != 2 || !Array.TrueForAll(distinct, float.IsFinite))
        {
            var there = string.Join(", ", distinct) + (distinct.Length > 2 ? " and perhaps more" : string.Empty);
            throw new DataException(
                Source, $"the labels must have two values{(positive is null ? " or be probabilities" : string.Empty)}; there are {there}");
        }

        if (positive is not null && NumberOf(positive, distinct) == distinct[0])
            Array.Reverse(distinct);
        if (distinct is [0, 1])
            return (labels, null);
        var targets = Array.ConvertAll(
            labels, block => Array.ConvertAll(block, label => float.IsNaN(label) ? label : label == distinct[1] ? 1f : 0f));
        return (targets, Array.ConvertAll(distinct, label => (double)label));
    }

    /// <summary>The weighted sum of targets as <see cref="Targets{TLink}"/> gave them, row after row, and the sum of the weights; those
    /// that count.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="sum">That of rows before these.</param>
    /// <param name="total">Their weight.</param>
    internal (double Sum, double Weight) SumTargets(float[][] targets, double sum = 0, double total = 0)
    {
        for (var block = 0; block < targets.Length; block++)
        {
            for (var i = 0; i < targets[block].Length; i++)
            {
                double s = Blocks[block].SampleWeights?[i] ?? 1f;
                if (s > 0 && float.IsFinite(targets[block][i]))
                    (sum, total) = (sum + (s * targets[block][i]), total + s);
            }
        }

        return (sum, total);
    }

    /// <summary>The words of two labels, that of the label which counts as 0 first: yes and no are 1 and 0 in the file, and may count the
    /// other way round.</summary>
    internal string[]? WordsOf(double[]? labels) => labels switch
    {
        null => LabelWords,
        [1, 0] when LabelWords is [var zero, var one] => [one, zero],
        _ => null,
    };

    // A number, or one of the words that stand for 0 and 1.
    private float NumberOf(string positive, float[] labels)
    {
        var number = Number.TryParse(positive, out float value) ? value : (float)(Data.LabelWords.Truth(positive) ?? double.NaN);
        if (labels.Contains(number))
            return number;
        var there = string.Join(" and ", LabelWords?.Select(word => Message.Quote(word)) ?? labels.Select(label => $"{label}"));
        throw new DataException("--positive", $"no label is '{Message.Quote(positive)}'; there are {there}");
    }
}
