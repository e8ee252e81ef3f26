using Kernels.Training;

namespace Kernels.Cli.Data;

/// <summary>How to read a file.</summary>
/// <param name="Format">The format.</param>
/// <param name="Target">The label's column, by name or by number from 1; null for the last one.</param>
/// <param name="HasHeader">CSV: whether the first line names the columns.</param>
/// <param name="Weight">The sample weights' column; null for none.</param>
/// <param name="Offset">The offset's column; null for none.</param>
/// <param name="SkipsNaN">Whether rows with NaN are skipped; then a field may be empty, NA or null, which is NaN.</param>
/// <param name="RawColumns">Raw floats: the columns of a row, the label's included; 0 if not given.</param>
internal sealed record ReadOptions(
    DataFormat Format = DataFormat.Auto,
    string? Target = null,
    bool HasHeader = true,
    string? Weight = null,
    string? Offset = null,
    bool SkipsNaN = false,
    int RawColumns = 0)
{
    private const long MostBytesUnasked = 1L << 31;
    private const int PieceValues = 1 << 20;

    /// <summary>The bytes that data take in memory at most: unless told otherwise 2 GiB, or a quarter of what the process may use if that
    /// is less (data are held twice while they are put together).</summary>
    internal static long DefaultMaxBytes => Math.Min(MostBytesUnasked, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    internal long MaxBytes { get; init; } = DefaultMaxBytes;

    /// <summary>The columns that a file may have at most: an index or a shape that is wrong asks for gigabytes.</summary>
    internal int MaxColumns { get; init; } = 1_000_000;

    /// <summary>Columns that training leaves out.</summary>
    internal IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>The features of training; empty for all columns that are nothing else.</summary>
    internal IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>CSV: columns of words, of which training makes columns of 0 and 1.</summary>
    internal IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>A model's columns of words; null for none.</summary>
    internal IReadOnlyList<ModelCategory>? Categories { get; init; }

    /// <summary>Whether a word that a model does not know is the reference.</summary>
    internal bool IsUnseenReference { get; init; }

    /// <summary>CSV: what stands before the decimals; null for a point, and for either where fields are parted by semicolons.</summary>
    internal char? Decimal { get; init; }

    /// <summary>CSV: what parts fields; null to look at the first line.</summary>
    internal char? Delimiter { get; init; }

    /// <summary>CSV: words for a value that is not there, beside those that are known.</summary>
    internal IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>What is subtracted from the features, of all files but LIBSVM's, before they are rounded to float32; null for
    /// nothing.</summary>
    internal double[]? Shift { get; init; }

    /// <summary>Whether it is chosen by the first rows where it is not given.</summary>
    internal bool ChoosesShift { get; init; }

    /// <summary>Columns up to which a raw file is not shifted: a fit in float64 sees how coarse its columns are.</summary>
    internal int FineColumns { get; init; } = int.MaxValue;

    /// <summary>Whether the offset's column holds exposures, whose logarithms are the offset.</summary>
    internal bool OffsetIsExposure { get; init; }

    /// <summary>An offset for all rows, where they bring none.</summary>
    internal double? ConstantOffset { get; init; }

    /// <summary>CSV: the column whose text goes beside each score; null for none.</summary>
    internal string? Key { get; init; }

    /// <summary>Whether all rows are kept, so that they may be read to where they stay.</summary>
    internal bool KeepsAll { get; init; }

    /// <summary>Whether labels may be other words than yes and no.</summary>
    internal bool LabelsMayBeWords { get; init; }

    /// <summary>The words of the labels 0 and 1; null to find them.</summary>
    internal IReadOnlyList<string>? KnownLabels { get; init; }

    internal CancellationToken Cancellation { get; init; }

    /// <summary>Is told how far the reading is; null for nobody.</summary>
    internal ReadProgress? Progress { get; init; }

    /// <summary>What the name - stands for.</summary>
    internal TextReader Input { get; init; } = Console.In;

    /// <summary>Rows that are read at a time, where not all are.</summary>
    internal int RowsOfABlock(int columns) =>
        (int)Math.Clamp(Math.Min(PieceValues, MaxBytes / sizeof(float)) / Math.Max(columns, 1), 1, int.MaxValue);

    /// <summary>The words that labels of a file may have.</summary>
    internal LabelWords NewLabelWords() => new(LabelsMayBeWords, KnownLabels);

    /// <exception cref="DataException">So many values are too many.</exception>
    internal void CheckSize(string source, long rows, int columns)
    {
        var values = rows * Math.Max(columns, 1); // a row without features has a label
        if (values > Array.MaxLength || rows > int.MaxValue)
            throw new DataException(source, $"{rows} rows of {columns} columns are more than one array holds");
        if (values * sizeof(float) > MaxBytes)
        {
            var (taken, most) = (Bytes.ToText(values * sizeof(float)), Bytes.ToText(MaxBytes));
            throw new DataException(source, $"{rows} rows of {columns} columns take {taken}, more than {most}; --max-memory raises that");
        }
    }

    /// <summary>Whether so many values may be in memory.</summary>
    internal bool Fits(long rows, int columns) =>
        rows * Math.Max(columns, 1) is var values && values <= Array.MaxLength && values * sizeof(float) <= MaxBytes;

    /// <exception cref="DataException">So many values with their columns, and labels, are too many.</exception>
    internal void CheckSparseSize(string source, long rows, long values, long bytes)
    {
        if (bytes <= MaxBytes && values <= Array.MaxLength / 2 && rows <= Array.MaxLength)
            return;
        var (taken, most) = (Bytes.ToText(bytes), Bytes.ToText(MaxBytes));
        throw new DataException(source, $"{rows} rows with {values} values take {taken}, more than {most}; --max-memory raises that");
    }

    internal string TooManyColumns(long columns) => $"{columns} columns, more than {MaxColumns}; --max-columns raises that";

    /// <summary>The format of a file of this name, or that it does not tell; standard input is CSV unless it is said to be something
    /// else.</summary>
    internal DataFormat FormatOf(string path) => Format != DataFormat.Auto
        ? Format
        : Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToUpperInvariant() switch
        {
            ".CSV" or ".TSV" => DataFormat.Csv,
            ".PARQUET" => DataFormat.Parquet,
            ".ARROW" or ".ARROWS" or ".FEATHER" => DataFormat.Arrow,
            ".F32" => DataFormat.Raw,
            ".SVM" or ".LIBSVM" => DataFormat.LibSvm,
            _ => path == DataReader.StandardInput ? DataFormat.Csv : DataFormat.Auto,
        };
}
