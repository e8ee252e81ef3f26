using System.Globalization;
using nietras.SeparatedValues;

namespace Kernels.Cli.Data;

/// <summary>The records of a block of a CSV file, one after the other.</summary>
internal sealed class CsvRows : IDisposable
{
    // Of a number: some are written with a thousand digits. A quote that is never closed is a field, too.
    private const int MostCharsOfAField = 1 << 16;

    private readonly SepReader _reader;
    private readonly CsvNumbers _numbers;
    private readonly Func<bool> _moveNext;
    private readonly long _linesBefore;
    private long _records;
    private bool _isFirst;

    internal CsvRows(TextBlock block, string source, char delimiter, CsvNumbers numbers)
    {
        (Source, _numbers, _linesBefore) = (source, numbers, block.FirstLine - 1);
        var hasQuotes = block.Text.Contains('"'); // or each field is looked at less
        _reader = Guarded(() => Sep.New(delimiter).Reader(o => o with
        {
            HasHeader = false,
            Unescape = hasQuotes,
            Trim = hasQuotes ? SepTrim.Outer : SepTrim.None,
            DisableColCountCheck = true, // ours names the line
            CultureInfo = CultureInfo.InvariantCulture,
        }).From(new TextBlockReader(block)));
        _moveNext = _reader.MoveNext;
    }

    /// <summary>The columns' names.</summary>
    internal string[] Names => _numbers.Names;

    internal string Source { get; }

    /// <summary>Fields of the record.</summary>
    internal int Count => _reader.Current.ColCount;

    /// <summary>The line where the record begins, from 1.</summary>
    internal int Line => LineOf(_reader.Current);

    /// <summary>Whether the record is an empty line: in a file of one column that is a row.</summary>
    internal bool IsBlank => _reader.Current is { ColCount: <= 1, Span: var span } && span.IsWhiteSpace();

    internal CsvFields Fields => new(_reader.Current, _numbers, Line);

    public void Dispose() => _reader.Dispose();

    /// <summary>Goes to the next record; false at the end.</summary>
    internal bool Next()
    {
        if (!Guarded(_moveNext))
            return false;

        _isFirst = _records++ == 0;
        var row = _reader.Current;
        if (row.Span.Length > MostCharsOfAField)
        {
            for (var i = 0; i < row.ColCount; i++)
            {
                if (row[i].Span.Length > MostCharsOfAField)
                    throw new DataException(Source, LineOf(row), $"a field of more than {MostCharsOfAField} characters");
            }
        }

        return true;
    }

    // Of the first record the library gives the line after it.
    private int LineOf(SepReader.Row row) => (int)Math.Min(int.MaxValue, _linesBefore + (_isFirst ? 1 : row.LineNumberFrom));

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NotSupportedException)
        {
            throw new DataException(Source, $"a record of more than {1 << 24} characters; is a quote not closed?");
        }
    }

    internal string[] Texts()
    {
        var texts = new string[Count];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = _reader.Current[i].Span.Trim().ToString();
        return texts;
    }

    /// <summary>An empty line as a row of one field.</summary>
    internal BlankFieldsOfALine BlankFields(int line) => new(_numbers, line);

    /// <summary>The fields of a record as numbers.</summary>
    internal readonly ref struct CsvFields(SepReader.Row row, CsvNumbers numbers, int line) : IFields
    {
        private readonly SepReader.Row _row = row;

        public double Double(int column)
        {
            var text = _row[column].Span;
            return Number.TryParse(text, out double value) ? value : numbers.Other(text.Trim(), column, line);
        }

        public float Single(int column)
        {
            var text = _row[column].Span;
            return Number.TryParse(text, out float value) ? value : (float)numbers.Other(text.Trim(), column, line);
        }

        public float Label(int column)
        {
            var text = _row[column].Span;
            return Number.TryParse(text, out float value) && numbers.Target.Words.TakesNumber()
                ? value
                : numbers.Label(text.Trim(), column, line);
        }

        public float Level(int column, Levels levels) => numbers.Level(_row[column].Span.Trim(), column, levels, line);

        public string Text(int column) => _row[column].Span.Trim().ToString();
    }

    /// <summary>The one field of a line where nothing is.</summary>
    internal readonly struct BlankFieldsOfALine(CsvNumbers numbers, int line) : IFields
    {
        public double Double(int column) => numbers.Other([], column, line);

        public float Single(int column) => (float)Double(column);

        public float Label(int column) => numbers.Label([], column, line);

        public float Level(int column, Levels levels) => numbers.Level([], column, levels, line);

        public string Text(int column) => string.Empty;
    }
}
