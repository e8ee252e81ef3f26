using System.Globalization;
using System.Text;

namespace Kernels.Cli;

/// <summary>Text that comes from a file or a command line, made fit for a message: one line, short, and nothing in it that moves a
/// terminal's cursor.</summary>
internal static class Message
{
    private const int MostOfAQuote = 60;
    private const int MostOfALine = 400;

    /// <summary>A value as an error quotes it.</summary>
    internal static string Quote(ReadOnlySpan<char> text) => Shortened(text, MostOfAQuote);

    /// <summary>The first few of some names.</summary>
    internal static string List(IEnumerable<string> names, int most = 10)
    {
        var first = names.Take(most + 1).Select(name => Quote(name)).ToArray();
        return first.Length <= most ? string.Join(", ", first) : string.Join(", ", first.Take(most)) + ", …";
    }

    /// <summary>A whole message.</summary>
    internal static string Line(string text) => Shortened(text, MostOfALine);

    // The beginning, and a little of the end, where messages of other libraries have what counts.
    private static string Shortened(ReadOnlySpan<char> text, int most)
    {
        var end = most / 4;
        return text.Length <= most ? Clean(text) : Clean(text[..(most - end - 1)]) + "…" + Clean(text[^end..]);
    }

    private static string Clean(ReadOnlySpan<char> text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            builder.Append(IsPlain(rune) ? rune.ToString() : " ");
        return builder.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
