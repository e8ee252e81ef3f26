using System.CommandLine;
using Kernels.Cli.Data;

namespace Kernels.Cli.Commands;

/// <summary>The options that say how a data file is read, shared by the commands.</summary>
internal sealed class ReadingOptions(TextReader input)
{
    private readonly Option<DataFormat> _format = new("--format")
    {
        Description = "auto (by the file's name, or its first line), libsvm, csv, parquet, arrow or raw (row-major float32)",
    };

    private readonly Option<string?> _target = new("--target")
    {
        Description = "the label's column, by name or number; the last one if not given",
    };

    private readonly Option<string?> _weight = new("--weight-column") { Description = "the sample weights' column, by name or number" };

    private readonly Option<string?> _offset = new("--offset-column")
    {
        Description = "the column that is added to the margins, by name or number",
    };

    private readonly Option<string?> _exposure = new("--exposure-column")
    {
        Description = "the column whose logarithm is added to the margins (policy years, visits, areas), by name or number",
    };

    private readonly Option<double?> _constantOffset =
        NumberOption.Of("--offset", "add this number to every margin: 0 for a model with an offset or an exposure and rows without");

    private readonly Option<bool> _skipNaN = new("--skip-nan")
    {
        Description = "leave out rows with NaN; a field may then be empty, NA or null",
    };

    private readonly Option<bool> _noHeader = new("--no-header") { Description = "CSV: the first line is data" };

    private readonly Option<string[]> _drop = new("--drop")
    {
        Description = "train: leave these columns out (names, numbers, ranges such as 3-7, names with *; parted by commas)",
    };

    private readonly Option<string[]> _features = new("--features") { Description = "train: use these columns and no others" };

    private readonly Option<string[]> _categorical = new("--categorical")
    {
        Description = "CSV, Parquet and Arrow: columns of words (names as for --drop); train makes a column of 0 and 1 of each level but "
            + "the first",
    };

    private readonly Option<string?> _unseen = new("--unseen")
    {
        Description = "CSV, Parquet and Arrow: what a word that training has not seen is: error, or reference (the first level)",
    };

    private readonly Option<string?> _decimal = new("--decimal")
    {
        Description = "CSV: what stands before the decimals, . or ,; if not given, either where semicolons part the fields",
    };

    private readonly Option<string?> _delimiter = new("--delimiter")
    {
        Description = "CSV: what parts fields (one character, or tab); by the first line if not given",
    };

    private readonly Option<string[]> _missing = new("--missing")
    {
        Description = "CSV: words for a value that is not there, beside the empty field, NA, N/A, null, None, ? and .; parted by commas",
    };

    private readonly Option<int> _columns = new("--columns") { Description = "raw: the columns of a row, the label's included" };

    private readonly Option<int> _maxColumns = new("--max-columns")
    {
        Description = "the columns that a file may have at most",
        DefaultValueFactory = _ => new ReadOptions().MaxColumns,
    };

    private readonly Option<string?> _maxMemory = new("--max-memory")
    {
        Description = "what data may take in memory at most, such as 512M or 8G; 2G or a quarter of the memory if not given",
    };

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _format, _target, _weight, _offset, _exposure, _skipNaN, _noHeader, _drop, _features, _categorical, _unseen, _decimal,
            _delimiter, _missing, _columns, _maxColumns, _maxMemory,
        })
            command.Options.Add(option);
    }

    /// <summary>What rows to be scored may have besides.</summary>
    internal void AddScoringTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_constantOffset);
    }

    internal ReadOptions Of(ParseResult result, CancellationToken cancellation) => new(
        result.GetValue(_format),
        result.GetValue(_target),
        HasHeader: !result.GetValue(_noHeader),
        result.GetValue(_weight),
        OffsetOf(result),
        result.GetValue(_skipNaN),
        result.GetValue(_columns))
    {
        Input = input,
        OffsetIsExposure = result.GetValue(_exposure) is not null,
        ConstantOffset = result.GetValue(_constantOffset) is not { } constant || double.IsFinite(constant)
            ? result.GetValue(_constantOffset)
            : throw new DataException("--offset", "must be finite"),
        Dropped = result.GetValue(_drop) ?? [],
        Features = result.GetValue(_features) ?? [],
        Categorical = result.GetValue(_categorical) ?? [],
        IsUnseenReference = result.GetValue(_unseen) switch
        {
            null or "error" => false,
            "reference" => true,
            var other => throw new DataException("--unseen", $"must be error or reference, not '{Message.Quote(other)}'"),
        },
        Delimiter = CsvDelimiter.Parse(result.GetValue(_delimiter)),
        Missing = [.. (result.GetValue(_missing) ?? [])
            .SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
        Decimal = result.GetValue(_decimal) switch
        {
            null => null,
            "." => '.',
            "," => ',',
            var other => throw new DataException("--decimal", $"must be . or , and not '{Message.Quote(other)}'"),
        },
        Cancellation = cancellation,
        MaxColumns = result.GetValue(_maxColumns) is > 0 and var columns
            ? columns
            : throw new DataException("--max-columns", "must be positive"),
        MaxBytes = MemoryOf(result.GetValue(_maxMemory)),
    };

    private string? OffsetOf(ParseResult result)
    {
        object?[] given = [result.GetValue(_offset), result.GetValue(_exposure), result.GetValue(_constantOffset)];
        if (given.Count(value => value is not null) > 1)
            throw new DataException("--offset-column", "--exposure-column and --offset exclude one another");
        return result.GetValue(_offset) ?? result.GetValue(_exposure);
    }

    private static long MemoryOf(string? text) => text is null
        ? ReadOptions.DefaultMaxBytes
        : Bytes.Parse(text) ?? throw new DataException("--max-memory", $"must be a size such as 512M or 8G, not '{Message.Quote(text)}'");
}
