using System.Text;

namespace Kernels.Tests.Support;

/// <summary>
/// A Parquet file written by hand, one row group of plain float64 columns, where every count and size may be a lie: Thrift's compact
/// protocol, as the format's specification has it.
/// </summary>
public sealed record ParquetBytes
{
    /// <summary>What the values really are, a column each.</summary>
    public double[][] Columns { get; init; } = [[1, 2, 3], [1, 0, 1]];

    public string[] Names { get; init; } = ["x", "y"];

    public long? GroupRows { get; init; }

    public long? FileRows { get; init; }

    public long? ChunkValues { get; init; }

    public int? PageValues { get; init; }

    /// <summary>0 none, 1 snappy, 2 gzip, …: what the chunk says; the bytes are never compressed.</summary>
    public int Codec { get; init; }

    public int? UncompressedPageSize { get; init; }

    public int? CompressedPageSize { get; init; }

    public long? PageOffset { get; init; }

    /// <summary>0 plain, 2 and 8 dictionary, …: what the page says; the bytes are plain.</summary>
    public int PageEncoding { get; init; }

    /// <summary>Bytes of a page's statistics, which make its header so much longer.</summary>
    public int PageStatistics { get; init; }

    public int? FooterLength { get; init; }

    public byte[] Write()
    {
        var file = new List<byte>("PAR1"u8.ToArray());
        var (offsets, sizes) = (new List<long>(), new List<long>());
        foreach (var column in Columns)
        {
            offsets.Add(file.Count);
            var data = column.SelectMany(BitConverter.GetBytes).ToArray();
            var header = new Thrift();
            header.Int(1, 0).Int(2, UncompressedPageSize ?? data.Length).Int(3, CompressedPageSize ?? data.Length);
            header.Struct(5).Int(1, PageValues ?? column.Length).Int(2, PageEncoding).Int(3, 3).Int(4, 3);
            if (PageStatistics > 0)
                header.Struct(5).Text(1, new string('s', PageStatistics)).End();
            header.End().End();
            file.AddRange(header.Bytes);
            file.AddRange(data);
            sizes.Add(header.Bytes.Count + data.Length);
        }

        var rows = GroupRows ?? Columns[0].Length;
        var footer = new Thrift();
        footer.Int(1, 1).List(2, 12, Columns.Length + 1);
        footer.Nested().Text(4, "schema").Int(5, Columns.Length).End();
        foreach (var name in Names)
            footer.Nested().Int(1, 5).Int(3, 0).Text(4, name).End();
        footer.Long(3, FileRows ?? rows).List(4, 12, 1);
        footer.Nested().List(1, 12, Columns.Length);
        for (var i = 0; i < Columns.Length; i++)
        {
            footer.Nested().Long(2, offsets[i]).Struct(3);
            footer.Int(1, 5).List(2, 5, 1).Element(0).List(3, 8, 1).Element(Names[i]).Int(4, Codec)
                .Long(5, ChunkValues ?? Columns[i].Length)
                .Long(6, sizes[i]).Long(7, sizes[i]).Long(9, PageOffset ?? offsets[i]).End().End();
        }

        footer.Long(2, sizes.Sum()).Long(3, rows).End();
        footer.Text(6, "by hand").End();
        file.AddRange(footer.Bytes);
        file.AddRange(BitConverter.GetBytes(FooterLength ?? footer.Bytes.Count));
        file.AddRange("PAR1"u8.ToArray());
        return [.. file];
    }

    /// <summary>Fields of structs, by their difference to the last one.</summary>
    private sealed class Thrift
    {
        private readonly Stack<int> _outer = [];
        private int _last;

        internal List<byte> Bytes { get; } = [];

        internal Thrift Int(int id, int value) => Field(id, 5).Varint(ZigZag(value));

        internal Thrift Long(int id, long value) => Field(id, 6).Varint(ZigZag(value));

        internal Thrift Text(int id, string value) => Field(id, 8).Element(value);

        internal Thrift Struct(int id)
        {
            Field(id, 12);
            return Nested();
        }

        internal Thrift Nested()
        {
            _outer.Push(_last);
            _last = 0;
            return this;
        }

        internal Thrift End()
        {
            Bytes.Add(0);
            _last = _outer.Count > 0 ? _outer.Pop() : 0;
            return this;
        }

        internal Thrift List(int id, int type, int count)
        {
            Field(id, 9);
            Bytes.Add((byte)((count << 4) | type));
            return this;
        }

        internal Thrift Element(int value) => Varint(ZigZag(value));

        internal Thrift Element(string value)
        {
            var text = Encoding.UTF8.GetBytes(value);
            Varint((ulong)text.Length);
            Bytes.AddRange(text);
            return this;
        }

        private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

        private Thrift Field(int id, int type)
        {
            Bytes.Add((byte)(((id - _last) << 4) | type));
            _last = id;
            return this;
        }

        private Thrift Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                Bytes.Add((byte)(value | 0x80));
            Bytes.Add((byte)value);
            return this;
        }
    }
}
