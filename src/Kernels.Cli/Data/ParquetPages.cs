using Parquet.Meta;

namespace Kernels.Cli.Data;

/// <summary>
/// The pages of a column chunk, checked before the library reads them: it takes their counts and sizes on trust, leaves out what a page
/// lacks or fills it from the next column, and decompresses what is not compressed as if it were.
/// </summary>
internal static class ParquetPages
{
    // Statistics of words may be long; then it is read once more.
    private const int UsualHeader = 512;
    private const int MostOfAHeader = 1 << 16;

    private const int FileHeader = 4;
    private const int FileEnd = 8;

    // Writers before parquet-cpp 1.3 forgot a header in the chunk's size (PARQUET-816).
    private const int Forgotten = 100;

    private const int Plain = 0;

    // The lengths before a block in Hadoop's frames.
    private const int Frame = 8;

    // A page is values of at most 16 bytes, their levels, or a dictionary of such values.
    private const long MostBytesOfAValue = 32;
    private const long MostBytesOfAWord = 1024;
    private const long MostBytesBeside = 1 << 20;

    /// <summary>Where a chunk starts: with its dictionary, if it has one.</summary>
    internal static long StartOf(ColumnMetaData chunk) =>
        chunk.DictionaryPageOffset is > 0 and var dictionary && dictionary < chunk.DataPageOffset ? dictionary : chunk.DataPageOffset;

    /// <param name="file">The file.</param>
    /// <param name="chunk">What its footer says of the chunk.</param>
    /// <param name="rows">The rows of its group: as many values, nulls included.</param>
    /// <param name="hasLevels">Whether values may be null: then pages hold more than values.</param>
    /// <returns>The byte after the last page.</returns>
    /// <exception cref="InvalidDataException">Counts, sizes or codec contradict each other.</exception>
    internal static long Check(Stream file, ColumnMetaData chunk, long rows, bool hasLevels)
    {
        if (chunk.NumValues != rows)
            throw new InvalidDataException($"it has {chunk.NumValues} values, its row group {rows} rows");
        var (position, values) = (StartOf(chunk), 0L);
        var end = position + chunk.TotalCompressedSize + Forgotten;
        var limit = Math.Min(end, file.Length - FileEnd);
        if (position < FileHeader || chunk.TotalCompressedSize < 0 || end < position)
            throw new InvalidDataException($"it starts at byte {position} and has {chunk.TotalCompressedSize}");
        for (var stated = position + chunk.TotalCompressedSize; values < rows || position < stated;)
        {
            if (position >= limit)
                throw new InvalidDataException($"its pages end after {values} of {rows} values");
            var page = PageHeader.Read(file, position, limit);
            position += page.HeaderBytes;
            if (page.Compressed < 0 || page.Uncompressed < 0 || page.Compressed > limit - position)
                throw new InvalidDataException($"a page says that it has {page.Compressed} bytes");
            var most = chunk.Type == Parquet.Meta.Type.BYTE_ARRAY ? MostBytesOfAWord : MostBytesOfAValue;
            if (page.Uncompressed > (most * rows) + MostBytesBeside)
                throw new InvalidDataException($"a page says that it has {page.Uncompressed} bytes, uncompressed");
            if (chunk.Codec == CompressionCodec.UNCOMPRESSED && page.Compressed != page.Uncompressed)
                throw new InvalidDataException("a page is compressed, though its chunk is not");
            if (page.IsData)
            {
                if (page.Values < 0 || page.Values > rows - values)
                    throw new InvalidDataException($"a page says that it has {page.Values} values; {rows - values} are left");
                if (page.Encoding == Plain && !hasLevels && WidthOf(chunk.Type) is > 0 and var width
                    && page.Uncompressed != width * page.Values)
                    throw new InvalidDataException($"a page of {page.Values} values has {page.Uncompressed} bytes, uncompressed");
                values += page.Values;
            }

            if (chunk.Codec is CompressionCodec.LZ4 or CompressionCodec.LZ4_RAW && page.IsCompressed)
                CheckLz4(file, position, page);
            position += page.Compressed;
        }

        return position;
    }

    private static int WidthOf(Parquet.Meta.Type type) => type switch
    {
        Parquet.Meta.Type.INT32 or Parquet.Meta.Type.FLOAT => 4,
        Parquet.Meta.Type.INT64 or Parquet.Meta.Type.DOUBLE => 8,
        _ => 0,
    };

    // An LZ4 block has no length and no check of its own: what it decompresses to must be what the page says. Older files frame
    // such blocks, with two lengths before them, which the library takes for LZ4.
    private static void CheckLz4(Stream file, long position, PageHeader page)
    {
        var bytes = new byte[page.Compressed - page.Levels];
        file.Position = position + page.Levels;
        file.ReadExactly(bytes);
        if (Lz4Length(bytes) == page.Uncompressed - page.Levels)
            return;
        throw new InvalidDataException(bytes.Length > Frame && Lz4Length(bytes.AsSpan(Frame)) == page.Uncompressed - page.Levels
            ? "its pages are LZ4 in Hadoop's frames, which are not supported; LZ4_RAW, Zstandard, Snappy and others are"
            : "a page is not compressed as its chunk says");
    }

    // The LZ4 block format: a token with two lengths, literals, the offset of a match; the last sequence has literals alone. −1 for bytes
    // that are none.
    private static long Lz4Length(ReadOnlySpan<byte> bytes)
    {
        var (length, at) = (0L, 0);
        while (at < bytes.Length)
        {
            var token = bytes[at++];
            var literals = Extended(bytes, ref at, token >> 4);
            if (literals > bytes.Length - at)
                return -1;
            length += literals;
            at += (int)literals;
            if (at == bytes.Length)
                return length;
            if (bytes.Length - at < 2)
                return -1;
            var offset = bytes[at] | (bytes[at + 1] << 8);
            at += 2;
            if (offset == 0 || offset > length)
                return -1;
            length += 4 + Extended(bytes, ref at, token & 0xF);
        }

        return -1;
    }

    private static long Extended(ReadOnlySpan<byte> bytes, ref int at, int length)
    {
        long sum = length;
        for (var more = length == 15; more && at < bytes.Length; at++)
        {
            sum += bytes[at];
            more = bytes[at] == 255;
        }

        return sum;
    }

    /// <summary>What a page says of itself.</summary>
    private sealed record PageHeader(
        int HeaderBytes, long Uncompressed, long Compressed, bool IsData, long Values, long Encoding, bool IsCompressed, int Levels)
    {
        internal static PageHeader Read(Stream file, long position, long limit)
        {
            file.Position = position;
            Span<byte> some = stackalloc byte[(int)Math.Min(UsualHeader, limit - position)];
            file.ReadExactly(some);
            try
            {
                return Of(some);
            }
            catch (InvalidDataException) when (limit - position > some.Length)
            {
                var bytes = new byte[(int)Math.Min(MostOfAHeader, limit - position)];
                file.Position = position;
                file.ReadExactly(bytes);
                return Of(bytes);
            }
        }

        private static PageHeader Of(ReadOnlySpan<byte> bytes)
        {
            var reader = new ThriftReader(bytes);
            long type = -1, uncompressed = -1, compressed = -1, values = -1, encoding = -1, levels = 0;
            var isCompressed = true;
            var id = 0;
            for (var field = reader.Field(ref id); field != ThriftReader.Stop; field = reader.Field(ref id))
            {
                switch (id)
                {
                    case 1:
                        type = reader.Number();
                        break;
                    case 2:
                        uncompressed = reader.Number();
                        break;
                    case 3:
                        compressed = reader.Number();
                        break;
                    case 5 or 8 when field == ThriftReader.Struct:
                        ReadData(ref reader, second: id == 8, ref values, ref encoding, ref levels, ref isCompressed);
                        break;
                    default:
                        reader.Skip(field);
                        break;
                }
            }

            if (type is < 0 or > 3)
                throw new InvalidDataException($"a page of type {type}");
            if (levels < 0 || levels > compressed || levels > uncompressed)
                throw new InvalidDataException($"a page with {levels} bytes of levels");
            return new(reader.Position, uncompressed, compressed, type is 0 or 3, values, encoding, isCompressed, (int)levels);
        }

        // DataPageHeader: values 1, encoding 2. DataPageHeaderV2: values 1, encoding 4, lengths of the levels 5 and 6, which are not
        // compressed, and whether the rest is, 7.
        private static void ReadData(
            ref ThriftReader reader, bool second, ref long values, ref long encoding, ref long levels, ref bool isCompressed)
        {
            var id = 0;
            for (var field = reader.Field(ref id); field != ThriftReader.Stop; field = reader.Field(ref id))
            {
                if (id == 1)
                    values = reader.Number();
                else if (id == (second ? 4 : 2))
                    encoding = reader.Number();
                else if (second && id is (5 or 6))
                    levels += reader.Number();
                else if (second && id == 7)
                    isCompressed = field == 1;
                else
                    reader.Skip(field);
            }
        }
    }
}
