namespace Kernels.Cli.Data;

/// <summary>How many letters part two names: insertions, deletions and substitutions, in either case (Levenshtein 1966).</summary>
internal static class EditDistance
{
    private const int MostLetters = 100;

    internal static int Of(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a[..Math.Min(a.Length, MostLetters)];
        b = b[..Math.Min(b.Length, MostLetters)];
        Span<int> row = stackalloc int[MostLetters + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 0; i < a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < b.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(a[i]) == char.ToUpperInvariant(b[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(substituted, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[b.Length];
    }
}
