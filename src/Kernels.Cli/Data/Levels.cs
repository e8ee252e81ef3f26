using Kernels.Training;

namespace Kernels.Cli.Data;

/// <summary>The words of a column, numbered as they come, or as a model has them.</summary>
internal sealed class Levels
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly bool _isKnown;
    private readonly bool _isUnseenReference;

    internal Levels(string column)
    {
        Column = column;
        _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal Levels(ModelCategory category, bool isUnseenReference)
        : this(category.Column)
    {
        (_isKnown, _isUnseenReference) = (true, isUnseenReference);
        foreach (var level in category.Levels)
            _numbers.Add(level, _numbers.Count);
    }

    internal string Column { get; }

    /// <summary>Whether they are a model's: none is added.</summary>
    internal bool IsKnown => _isKnown;

    /// <summary>The number of a word; null for one that the model does not know.</summary>
    internal int? NumberOf(ReadOnlySpan<char> word)
    {
        if (_lookup.TryGetValue(word, out var number))
            return number;
        if (_isKnown)
            return _isUnseenReference ? 0 : null;
        _numbers.Add(word.ToString(), _numbers.Count);
        return _numbers.Count - 1;
    }

    /// <summary>The words in their order: a model's, or by their values where all are numbers, else by their letters.</summary>
    internal string[] InOrder()
    {
        string[] words = [.. _numbers.Keys];
        if (_isKnown)
            return words;
        return words.All(word => Number.TryParse(word, out double _))
            ? [.. words.OrderBy(word => Number.TryParse(word, out double value) ? value : 0).ThenBy(word => word, StringComparer.Ordinal)]
            : [.. words.Order(StringComparer.Ordinal)];
    }

    internal int NumberOfKnown(string word) => _numbers[word];
}
