namespace Kernels.Cli.Data;

/// <summary>How to read a file.</summary>
/// <param name="Format">The format.</param>
/// <param name="Target">The label's column, by name or by number from 1; null for the last one.</param>
/// <param name="HasHeader">CSV: whether the first line names the columns.</param>
/// <param name="Weight">The sample weights' column; null for none.</param>
/// <param name="Offset">The offset's column; null for none.</param>
/// <param name="SkipsNaN">Whether rows with NaN are skipped; then a field may be empty, NA or null, which is NaN.</param>
/// <param name="RawColumns">Raw floats: the columns of a row, the label's included; 0 if not given.</param>
/// <param name="MapValues">Raw floats: values of one mapping at most.</param>
internal sealed record ReadOptions(
    DataFormat Format = DataFormat.Auto,
    string? Target = null,
    bool HasHeader = true,
    string? Weight = null,
    string? Offset = null,
    bool SkipsNaN = false,
    int RawColumns = 0,
    int MapValues = 1 << 30)
{
    /// <summary>What the name - stands for.</summary>
    internal TextReader Input { get; init; } = Console.In;

    /// <summary>The format of a file of this name; standard input is CSV unless it is said to be something else.</summary>
    internal DataFormat FormatOf(string path) => Format != DataFormat.Auto
        ? Format
        : Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" or ".TSV" => DataFormat.Csv,
            ".PARQUET" => DataFormat.Parquet,
            ".F32" => DataFormat.Raw,
            _ => path == DataReader.StandardInput ? DataFormat.Csv : DataFormat.LibSvm,
        };
}
