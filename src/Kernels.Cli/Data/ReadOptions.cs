namespace Kernels.Cli.Data;

/// <summary>How to read a file.</summary>
/// <param name="Format">The text format.</param>
/// <param name="Target">CSV: the label's column, by name or by number from 1; null for the last one.</param>
/// <param name="HasHeader">CSV: whether the first line names the columns.</param>
internal sealed record ReadOptions(DataFormat Format = DataFormat.Auto, string? Target = null, bool HasHeader = true);
