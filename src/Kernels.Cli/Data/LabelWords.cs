namespace Kernels.Cli.Data;

/// <summary>
/// How labels are written in a file that has words for them; read by several threads. Yes, no, true and false are 1 and 0. Of any other
/// two words the one that sorts first is 0, unless a model or <c>--positive</c> says otherwise. The first label tells which it is: numbers
/// (and yes and no), or words.
/// </summary>
/// <param name="mayBeWords">Whether labels may be other words than yes, no, true and false.</param>
/// <param name="known">A model's two words; null to find them.</param>
internal sealed class LabelWords(bool mayBeWords = false, IReadOnlyList<string>? known = null)
{
    private const int Unknown = 0, Numbers = 1, Words = 2;

    private readonly Lock _lock = new();
    private readonly List<string> _words = known is null ? [] : [.. known]; // in the order of their codes
    private int _kind = known is null ? Unknown : known.All(word => Truth(word) is not null) ? Numbers : Words;
    private bool _isSettled = known is not null;
    private bool _isSwapped;
    private string? _zero;
    private string? _one;

    /// <summary>Whether every label is a word, numbers too.</summary>
    internal bool AreWords => Volatile.Read(ref _kind) == Words;

    /// <summary>Whether what is read next cannot change what a label is: then it does not matter which thread comes first.</summary>
    internal bool AreKnown => AreWords ? _words.Count == 2 : _kind == Numbers && (_zero is null) == (_one is null);

    /// <summary>The words of 0 and of 1; null where there were none.</summary>
    internal string[]? Both => AreWords ? Found : (_zero, _one) switch
    {
        (null, null) => null,
        (var zero, null) => [zero, Other(zero!)],
        (null, var one) => [Other(one), one],
        var (zero, one) => [zero, one],
    };

    private string[]? Found => _words is [var first, var second] ? _isSwapped ? [second, first] : [first, second] : null;

    /// <summary>What yes, no, true and false stand for, in any letters; null for another text.</summary>
    internal static double? Truth(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" => 1,
        "FALSE" or "NO" => 0,
        _ => null,
    };

    /// <summary>Notes that a label is a number; false where they are words.</summary>
    internal bool TakesNumber() => _kind == Numbers || Interlocked.CompareExchange(ref _kind, Numbers, Unknown) != Words;

    /// <summary>Notes how a label is written that is yes, no, true or false.</summary>
    internal void See(string word, bool isOne) => Interlocked.CompareExchange(ref isOne ? ref _one : ref _zero, word, null);

    /// <summary>Whether a label that is no number may be a word: if it is the first, all are.</summary>
    internal bool TakesWord() => mayBeWords && Interlocked.CompareExchange(ref _kind, Words, Unknown) != Numbers;

    /// <summary>The code of a word, 0 or 1; null for a third.</summary>
    internal float? CodeOf(string word)
    {
        lock (_lock)
        {
            var code = _words.IndexOf(word);
            if (code >= 0 || _words.Count == 2)
                return code >= 0 ? code : null;
            _words.Add(word);
            return _words.Count - 1;
        }
    }

    /// <summary>What a label is that <see cref="CodeOf"/> does not know.</summary>
    internal string Fault() => known is not null
        ? $"none of {Known()}"
        : $"a third label after '{Message.Quote(_words[0])}' and '{Message.Quote(_words[1])}'; --target names another column";

    /// <summary>A model's labels.</summary>
    internal string Known() => $"the model's labels '{Message.Quote(known![0])}' and '{Message.Quote(known[1])}'";

    /// <summary>Labels as they count, from codes; at the first call all words have been read.</summary>
    /// <exception cref="DataException">No label is the positive one.</exception>
    internal float[] Settled(float[] codes, string? positive)
    {
        if (!_isSettled && _words.Count > 0)
        {
            if (positive is not null && !_words.Contains(positive))
                throw new DataException("--positive", $"no label is '{Message.Quote(positive)}'; there are {Message.List(_words)}");
            _isSwapped = _words.Count == 2 && (positive is null ? string.CompareOrdinal(_words[0], _words[1]) > 0 : _words[0] == positive);
        }

        _isSettled = true;
        return _isSwapped ? Array.ConvertAll(codes, code => 1 - code) : codes;
    }

    // In the same letters.
    private static string Other(string word)
    {
        var other = word.ToUpperInvariant() switch { "YES" => "no", "NO" => "yes", "TRUE" => "false", _ => "true" };
        if (!char.IsUpper(word[0]))
            return other;
        return char.IsUpper(word[^1]) ? other.ToUpperInvariant() : char.ToUpperInvariant(other[0]) + other[1..];
    }
}
