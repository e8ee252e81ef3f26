using Kernels.Cli.IO;

namespace Kernels.Cli.Data;

/// <summary>Reads a data set from a path, from standard input, or the one that is shipped inside.</summary>
internal static class DataReader
{
    internal const string Sample = "heart_scale";

    internal const string StandardInput = "-";

    // Rows of CSV or LIBSVM that are in memory at a time when a stream is scored.
    private const int BlockRows = 4096;

    internal static Dataset ReadSample()
    {
        using var stream = typeof(DataReader).Assembly.GetManifestResourceStream(Sample)!;
        using var reader = new StreamReader(stream);
        return LibSvmReader.ReadAll(reader, Sample, new())[0];
    }

    /// <summary>A data set to train on, with labels, all of it: one block, or those of a raw file that is larger than memory. Columns far
    /// from 0 may come less a constant, where the options ask for it.</summary>
    internal static Datasets Read(string path, ReadOptions asked) => Guarded(path, () =>
    {
        var options = Looked(path, asked) with { KeepsAll = true };
        DataFormat? assumed = asked.FormatOf(path) == DataFormat.Auto ? options.Format : null;
        using var file = OpenText(path, options);
        if (options.FormatOf(path) == DataFormat.LibSvm)
            return new Datasets(LibSvmReader.ReadAll(Lines(file, path, options), path, options)) { Assumed = assumed };
        var lines = Lines(file, path, options);
        var read = Offsets.Ready(Blocks(lines, path, options, names => ColumnRoles.ToTrain(names, options, path), int.MaxValue), options);
        if (options.FormatOf(path) == DataFormat.Raw)
            return new Datasets(RawReader.InMemoryIfItFits([.. read], options));
        var (blocks, rows) = (new List<Dataset>(), 0L);
        foreach (var block in read)
        {
            options.CheckSize(path, rows += block.Rows, block.Columns); // all are kept
            blocks.Add(block);
        }

        return new Datasets([OneHot.Of(Concatenation.Of([.. blocks], options), options)]) { Assumed = assumed };
    });

    /// <summary>Rows for a model with the given features, block by block; the caller closes them.</summary>
    /// <param name="path">A file, or standard input.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="features">The model's features.</param>
    /// <param name="labeled">Whether labels are needed.</param>
    internal static IEnumerable<Dataset> ReadFor(string path, ReadOptions options, string[] features, bool labeled)
    {
        options = Guarded(path, () => Looked(path, options));
        using var file = Guarded(path, () => OpenText(path, options));
        (features, var shift) = OneHot.Behind(features, options.Categories, options.Shift);
        options = options with { Shift = shift };
        var lines = Lines(file, path, options);
        var read = options.FormatOf(path) == DataFormat.LibSvm
            ? LibSvmReader.Read(lines, path, features, BlockRows, options)
            : Blocks(lines, path, options, names => ColumnRoles.ForModel(names, options, path, features, labeled), BlockRows);
        using var blocks = Offsets.Ready(read, options).GetEnumerator();
        while (Guarded(path, blocks.MoveNext))
            yield return OneHot.Of(blocks.Current, options);
    }

    private static IEnumerable<Dataset> Blocks(
        LineReader reader, string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf, int blockRows)
    {
        var blocks = options.FormatOf(path) switch
        {
            DataFormat.Parquet => ParquetDataReader.Read(path, options, rolesOf),
            DataFormat.Arrow => ArrowDataReader.Read(path, options, rolesOf),
            DataFormat.Raw => RawReader.Read(path, options, rolesOf),
            _ => CsvDataReader.Read(reader, path, options, rolesOf, blockRows),
        };
        foreach (var block in blocks)
        {
            options.Progress?.AddRows(block.Rows);
            yield return block;
        }
    }

    private static LineReader Lines(StreamReader? file, string path, ReadOptions options) =>
        new(file ?? options.Input, path, options.Cancellation);

    // The format, by the first line where the name does not tell it. A pipe is not opened for that: what is read of it is gone. It is
    // LIBSVM.
    private static ReadOptions Looked(string path, ReadOptions options)
    {
        if (options.FormatOf(path) != DataFormat.Auto)
            return options;
        if (path.Length == 0 || FileIdentity.Of(path) is not { IsRegular: true })
            return options with { Format = DataFormat.LibSvm };
        using var text = new StreamReader(Unpacked(path, options with { Progress = null }));
        return options with { Format = FormatLook.Of(text) };
    }

    // Null for standard input and for what is no text.
    private static StreamReader? OpenText(string path, ReadOptions options)
    {
        if (path.Length == 0)
            throw new DataException("the data", "have an empty path");
        if (Directory.Exists(path))
            throw new DataException(path, "is a folder");
        var format = options.FormatOf(path);
        var hasWords = format is DataFormat.Csv or DataFormat.Parquet or DataFormat.Arrow;
        if (!hasWords && options.Key is not null)
            throw new DataException("--keep", "goes with CSV, Parquet and Arrow files");
        if (!hasWords && (options.Categorical.Count > 0 || options.Categories is not null))
            throw new DataException(path, "has no columns of words (--categorical); CSV, Parquet and Arrow files have");
        if (format == DataFormat.LibSvm && (options.Weight ?? options.Offset) is not null)
            throw new DataException(path, "LIBSVM files have no columns for weights or offsets");
        if (format is DataFormat.Csv or DataFormat.LibSvm)
            return path == StandardInput ? null : new StreamReader(Unpacked(path, options), bufferSize: 1 << 16);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            throw new DataException(path, "is compressed (gzip); only CSV and LIBSVM are read so");
        return path == StandardInput ? throw new DataException("--format", "standard input is CSV or LIBSVM") : null;
    }

    // By its first two bytes, whatever it is called; what cannot be read twice, by its name.
    private static Stream Unpacked(string path, ReadOptions options)
    {
        var file = File.OpenRead(path);
        var isPacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        if (file.CanSeek)
        {
            isPacked = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
        }

        var watched = options.Progress?.Watch(file) ?? file;
        return isPacked ? new GzipFile(watched) : watched;
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NotSupportedException)
        {
            throw new DataException(path, "is a pipe or a device; of this format only files can be read");
        }
        catch (InvalidDataException e)
        {
            throw new DataException(path, "is not whole: " + e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message);
        }
    }
}
