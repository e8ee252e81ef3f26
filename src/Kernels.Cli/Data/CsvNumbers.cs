namespace Kernels.Cli.Data;

/// <summary>What a field of a CSV file may be besides a number with a point.</summary>
internal sealed class CsvNumbers(string source, char delimiter, ReadOptions options)
{
    private static readonly HashSet<string> Known = new(
        ["", "NA", "N/A", "#N/A", "<NA>", "NULL", "NONE", "NAN", "?", "."], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _missing =
        options.Missing.Count == 0 ? Known : new(Known.Concat(options.Missing), StringComparer.OrdinalIgnoreCase);

    // Where semicolons part the fields, commas are decimal.
    private readonly bool _hasDecimalComma = (options.Decimal ?? (delimiter == ';' ? ',' : '.')) == ',';

    internal string[] Names { get; set; } = [];

    /// <summary>The label's column, and what is told of its words.</summary>
    internal (int Column, LabelWords Words) Target { get; set; } = (-1, new());

    /// <summary>A decimal comma, yes or no, or NaN; or what can be done about a field that is none of them.</summary>
    internal double Other(ReadOnlySpan<char> field, int column, int line)
    {
        var text = field.ToString();
        if (IsDecimalComma(text, out var value))
            return value;
        if (LabelWords.Truth(text) is { } truth)
        {
            if (column == Target.Column)
                Target.Words.See(text, isOne: truth == 1);
            return truth;
        }

        var isMissing = _missing.Contains(text);
        if (options.SkipsNaN && isMissing)
            return double.NaN;
        var name = Message.Quote(Names[column]);
        var help = isMissing ? "; --skip-nan leaves out such rows"
            : !_hasDecimalComma && Number.TryParse(text.Replace(',', '.'), out double _) ? "; --decimal , reads a decimal comma"
            : column == Target.Column ? "; a label is a number, as those before it, or yes or no"
            : $"; --drop {name} leaves the column out of training, --categorical {name} takes it for words";
        throw At(column, text, line, "which is not a number" + help);
    }

    /// <summary>A label that is written in another way than a number with a point.</summary>
    internal float Label(ReadOnlySpan<char> field, int column, int line)
    {
        var (text, words) = (field.ToString(), Target.Words);
        var isMissing = _missing.Contains(text);
        var isNumber = !isMissing
            && (Number.TryParse(text, out double _) || IsDecimalComma(text, out _) || LabelWords.Truth(text) is not null);
        if (isNumber ? words.TakesNumber() : isMissing ? !words.AreWords : !words.TakesWord())
            return (float)Other(field, column, line);
        if (isMissing)
            return options.SkipsNaN ? float.NaN : throw NoWord(column, text, line);
        return words.CodeOf(text) ?? throw At(column, text, line, words.Fault());
    }

    /// <summary>The number of a word; NaN where it is missing and may be.</summary>
    internal float Level(ReadOnlySpan<char> field, int column, Levels levels, int line)
    {
        var isMissing = _missing.GetAlternateLookup<ReadOnlySpan<char>>().Contains(field);
        if (!isMissing && levels.NumberOf(field) is { } number)
            return number;
        if (isMissing)
            return options.SkipsNaN ? float.NaN : throw NoWord(column, field, line);
        throw At(column, field, line, "which training has not seen; --unseen reference takes it for the reference");
    }

    private bool IsDecimalComma(string text, out double value)
    {
        value = 0;
        return _hasDecimalComma && !text.Contains('.', StringComparison.Ordinal) && Number.TryParse(text.Replace(',', '.'), out value);
    }

    private DataException NoWord(int column, ReadOnlySpan<char> text, int line) =>
        At(column, text, line, "which is no word; --skip-nan leaves out such rows");

    private DataException At(int column, ReadOnlySpan<char> text, int line, string what) =>
        new(source, line, $"column '{Message.Quote(Names[column])}' is '{Message.Quote(text)}', {what}");
}
