using System.Globalization;
using nietras.SeparatedValues;

namespace Kernels.Cli.Data;

/// <summary>The records of a CSV file, one after the other.</summary>
internal sealed class CsvRows : IDisposable
{
    // Of a number: some are written with a thousand digits. A quote that is never closed is a field, too.
    private const int MostCharsOfAField = 1 << 16;

    private readonly SepReader _reader;
    private readonly string _source;
    private readonly CsvNumbers _numbers;
    private readonly Func<bool> _moveNext;
    private long _records;
    private bool _isFirst;

    internal CsvRows(LineReader text, string source, ReadOptions options)
    {
        var delimiter = options.Delimiter ?? CsvDelimiter.Of(text.PeekLine());
        (_source, _numbers) = (source, new(source, delimiter, options));
        _reader = Guarded(() => Sep.New(delimiter).Reader(o => o with
        {
            HasHeader = false,
            Unescape = true,
            Trim = SepTrim.Outer,
            DisableColCountCheck = true, // ours names the line
            CultureInfo = CultureInfo.InvariantCulture,
        }).From(text));
        _moveNext = _reader.MoveNext;
    }

    /// <summary>The columns' names.</summary>
    internal string[] Names { get => _numbers.Names; set => _numbers.Names = value; }

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
                    throw new DataException(_source, LineOf(row), $"a field of more than {MostCharsOfAField} characters");
            }
        }

        return true;
    }

    // Of the first record the library gives the line after it.
    private int LineOf(SepReader.Row row) => _isFirst ? 1 : row.LineNumberFrom;

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NotSupportedException)
        {
            throw new DataException(_source, $"a record of more than {1 << 24} characters; is a quote not closed?");
        }
    }

    internal string[] Texts()
    {
        var texts = new string[Count];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = _reader.Current[i].ToString();
        return texts;
    }

    /// <summary>An empty line as a row of one field.</summary>
    internal BlankFieldsOfALine BlankFields(int line) => new(_numbers, line);

    /// <summary>The fields of a record as numbers.</summary>
    internal readonly ref struct CsvFields(SepReader.Row row, CsvNumbers numbers, int line) : IFields
    {
        private readonly SepReader.Row _row = row;

        public double Double(int column) =>
            Number.TryParse(_row[column].Span, out double value) ? value : numbers.Other(_row[column].Span, column, line);

        public float Single(int column) =>
            Number.TryParse(_row[column].Span, out float value) ? value : (float)numbers.Other(_row[column].Span, column, line);

        public float Level(int column, Levels levels) => numbers.Level(_row[column].Span, column, levels, line);

        public string Text(int column) => _row[column].ToString();
    }

    /// <summary>The one field of a line where nothing is.</summary>
    internal readonly struct BlankFieldsOfALine(CsvNumbers numbers, int line) : IFields
    {
        public double Double(int column) => numbers.Other([], column, line);

        public float Single(int column) => (float)Double(column);

        public float Level(int column, Levels levels) => numbers.Level([], column, levels, line);

        public string Text(int column) => string.Empty;
    }
}
