namespace Kernels.Cli.Data;

/// <summary>Reads a data set from a path, or the one that is shipped inside.</summary>
internal static class DataReader
{
    internal const string Sample = "heart_scale";

    internal static Dataset ReadSample()
    {
        using var stream = typeof(DataReader).Assembly.GetManifestResourceStream(Sample)!;
        using var reader = new StreamReader(stream);
        return LibSvmReader.Read(reader, Sample);
    }

    /// <summary>A data set to train on, with labels.</summary>
    internal static Dataset Read(string path, ReadOptions options) =>
        Read(path, options, (reader, format) => format == DataFormat.Csv
            ? CsvDataReader.ReadLabeled(reader, path, options)
            : LibSvmReader.Read(reader, path));

    /// <summary>Rows to predict for a model with the given features; labels are not needed.</summary>
    internal static Dataset ReadFor(string path, ReadOptions options, string[] features) =>
        Read(path, options, (reader, format) => format == DataFormat.Csv
            ? CsvDataReader.ReadFor(reader, path, options, features)
            : LibSvmReader.Read(reader, path, features));

    private static Dataset Read(string path, ReadOptions options, Func<TextReader, DataFormat, Dataset> read)
    {
        var format = options.Format;
        if (format == DataFormat.Auto)
            format = Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV" ? DataFormat.Csv : DataFormat.LibSvm;
        try
        {
            using var reader = new StreamReader(path);
            return read(reader, format);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message);
        }
    }
}
