using Parquet;
using Parquet.Schema;

namespace Kernels.Cli.Data;

/// <summary>A Parquet file that one thread reads: the library's reader, its stream, and the row group that it is at.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const int LeastBytes = 12; // PAR1, a length, PAR1

    private readonly WindowStream _stream;
    private readonly FileStream _file;
    private ParquetRowGroupReader? _group;
    private int _index = -1;

    private ParquetFile(FileStream file, WindowStream stream, ParquetReader reader) =>
        (_file, _stream, Reader, Fields) = (file, stream, reader, reader.Schema.GetDataFields());

    internal ParquetReader Reader { get; }

    internal DataField[] Fields { get; }

    internal static ParquetFile Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            var stream = new WindowStream(file);
            return Guarded(path, () =>
            {
                CheckFooter(stream);
                return new ParquetFile(file, stream, Task.Run(() => ParquetReader.CreateAsync(stream)).GetAwaiter().GetResult());
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the library makes of the file; it throws exceptions of many kinds at bytes that are no Parquet, OutOfMemoryException
    /// among them.</summary>
    internal static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new DataException(path, "is not a Parquet file: " + e.Message);
        }
    }

    /// <summary>The numbers of a column of a row group.</summary>
    internal FileColumn Numbers(int index, int column, int rows, ReadProgress? progress) =>
        Read(index, Fields[column], rows, progress, group => ParquetColumn.Read(group, Fields[column], rows)!);

    /// <summary>The words of a column of a row group; null for none.</summary>
    internal string?[] Words(int index, int column, int rows, ReadProgress? progress) =>
        Read(index, Fields[column], rows, progress, group => ParquetColumn.Words(group, Fields[column], rows));

    public void Dispose()
    {
        _group?.Dispose();
        Reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    private T Read<T>(int index, DataField field, int rows, ReadProgress? progress, Func<ParquetRowGroupReader, T> read)
    {
        if (_index != index)
        {
            _group?.Dispose();
            (_group, _index) = (Reader.OpenRowGroupReader(index), index);
        }

        try
        {
            var chunk = _group!.GetMetadata(field)?.MetaData ?? throw new InvalidDataException("the footer does not say where it is");
            progress?.AddBytes(chunk.TotalCompressedSize);
            _stream.End = ParquetPages.Check(_stream, chunk, rows, hasLevels: field.MaxDefinitionLevel > 0);
            return read(_group);
        }
        finally
        {
            _stream.End = _stream.Length;
        }
    }

    // Before the library makes room for it.
    private static void CheckFooter(WindowStream stream)
    {
        var end = new byte[8];
        if (stream.Length < LeastBytes)
            throw new InvalidDataException($"it has {stream.Length} bytes");
        stream.Position = stream.Length - end.Length;
        stream.ReadExactly(end);
        var footer = BitConverter.ToInt32(end);
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8) || footer < 1 || footer > stream.Length - LeastBytes)
            throw new InvalidDataException("there is no footer at its end");

        var bytes = new byte[footer];
        stream.Position = stream.Length - end.Length - footer;
        stream.ReadExactly(bytes);
        ParquetFooter.Check(bytes);
        stream.Position = 0;
    }
}
