namespace Kernels.Cli.Data;

/// <summary>How the labels 0 and 1 are written in a file that has words for them; read by several threads.</summary>
internal sealed class LabelWords
{
    private string? _zero;
    private string? _one;

    /// <summary>The words of 0 and of 1, as they were first met; null where there were none.</summary>
    internal string[]? Both => (_zero, _one) switch
    {
        (null, null) => null,
        (var zero, null) => [zero, Other(zero!)],
        (null, var one) => [Other(one), one],
        var (zero, one) => [zero, one],
    };

    internal void See(string word, bool isOne) => Interlocked.CompareExchange(ref isOne ? ref _one : ref _zero, word, null);

    // In the same letters.
    private static string Other(string word)
    {
        var other = word.ToUpperInvariant() switch { "YES" => "no", "NO" => "yes", "TRUE" => "false", _ => "true" };
        if (!char.IsUpper(word[0]))
            return other;
        return char.IsUpper(word[^1]) ? other.ToUpperInvariant() : char.ToUpperInvariant(other[0]) + other[1..];
    }
}
