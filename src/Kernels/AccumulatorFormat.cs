using System.Buffers;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Sums;

namespace Kernels;

/// <summary>
/// An accumulator as bytes: "KGA" and the format's version, then little-endian the contract's version, link, intercept, sample weights,
/// columns, first row, rows, skipped rows, the weights, the nodes' sums, the unfinished slice, and a CRC-32C of all that.
/// </summary>
/// <remarks>Which nodes there are follows from the range of rows.</remarks>
internal sealed class AccumulatorFormat(
    byte link, bool hasIntercept, bool? weighted, long firstRow, long rows, long skippedRows, float[] weights, SliceNodes nodes,
    SliceMemory slice)
{
    private const int Version = 1;
    private const int HeaderBytes = 4 + 4 + 1 + 1 + 1 + 1 + 4 + 8 + 8 + 8;

    internal bool HasIntercept => hasIntercept;

    internal bool? Weighted => weighted;

    internal long FirstRow => firstRow;

    internal long Rows => rows;

    internal long SkippedRows => skippedRows;

    internal float[] Weights => weights;

    internal SliceNodes Nodes => nodes;

    internal SliceMemory Slice => slice;

    private static ReadOnlySpan<byte> Magic => "KGA"u8;

    internal static byte LinkOf<TLink>()
        where TLink : struct, ILink
    {
        if (typeof(TLink) == typeof(Logit))
            return 0;
        if (typeof(TLink) == typeof(Identity))
            return 1;
        return typeof(TLink) == typeof(Log)
            ? (byte)2
            : throw new NotSupportedException($"There is no format for the link {typeof(TLink).Name}.");
    }

    internal void Write(IBufferWriter<byte> destination)
    {
        var length = Length(weights.Length, firstRow, rows);
        var bytes = destination.GetSpan(length)[..length];
        var writer = new ByteWriter(bytes);
        writer.Bytes(Magic);
        writer.Byte(Version);
        writer.Int32(ArithmeticContract.Version);
        writer.Byte(link);
        writer.Byte(hasIntercept ? (byte)1 : (byte)0);
        writer.Byte(weighted switch { null => 0, false => 1, true => 2 });
        writer.Byte(0);
        writer.Int32(weights.Length);
        writer.Int64(firstRow);
        writer.Int64(rows);
        writer.Int64(skippedRows);
        writer.Floats(weights);
        foreach (ref readonly var node in nodes.Nodes)
        {
            writer.Double(node.Sums.Loss);
            writer.Double(node.Sums.Weight);
            writer.Doubles(node.Gradient);
        }

        if (slice.Rows > 0)
        {
            writer.Int32(slice.Skipped);
            writer.Floats(slice.Gradient);
            writer.Floats(slice.Open);
            writer.Floats(slice.State);
        }

        Checksum.Seal(bytes);
        destination.Advance(length);
    }

    internal static AccumulatorFormat Read(in ReadOnlySequence<byte> source, byte link)
    {
        if (source.Length < HeaderBytes + Checksum.Bytes || source.Length > Array.MaxLength)
            throw new InvalidDataException($"{source.Length} bytes are no accumulator.");
        ReadOnlySpan<byte> bytes = source.IsSingleSegment ? source.FirstSpan : source.ToArray();
        var reader = new ByteReader(bytes);
        if (!reader.Bytes(Magic.Length).SequenceEqual(Magic))
            throw new InvalidDataException("The bytes are no accumulator: they do not start with KGA.");
        if (reader.Byte() is var version && version != Version)
            throw new InvalidDataException($"The accumulator has format {version}; this library reads format {Version}.");
        if (!Checksum.Holds(bytes))
            throw new InvalidDataException("The accumulator is damaged: its checksum does not fit.");
        if (reader.Int32() is var contract && contract != ArithmeticContract.Version)
            throw new InvalidDataException(
                $"The accumulator has version {contract} of the arithmetic contract; this library has version {Contract.Version}.");
        if (reader.Byte() is var found && found != link)
            throw new InvalidDataException($"The accumulator has link {found}, not {link} (0 logit, 1 identity, 2 log).");
        var (intercept, weighted, reserved) = (reader.Byte(), reader.Byte(), reader.Byte());
        var parameters = reader.Int32();
        var (firstRow, rows, skipped) = (reader.Int64(), reader.Int64(), reader.Int64());
        const long Slice = Contract.SliceRows;
        if (intercept > 1 || weighted > 2 || reserved != 0 || parameters < intercept || firstRow < 0 || firstRow % Slice != 0
            || rows < 0 || firstRow + rows < 0 || skipped < 0 || skipped > rows)
            throw new InvalidDataException("The accumulator's header contradicts itself.");
        if (Length(parameters, firstRow, rows) != bytes.Length)
            throw new InvalidDataException(
                $"The accumulator has {bytes.Length} bytes where its header asks for {Length(parameters, firstRow, rows)}.");

        var weights = new float[parameters];
        reader.Floats(weights);
        var nodes = new SliceNodes(parameters);
        foreach (var (slice, level) in SliceNodes.Cover(firstRow / Slice, (firstRow + rows) / Slice))
        {
            var sums = new Totals(reader.Double(), reader.Double());
            var gradient = new double[parameters];
            reader.Doubles(gradient);
            nodes.Add(new SliceNodes.Node(slice, level, sums, gradient));
        }

        var memory = new SliceMemory(parameters) { Rows = (int)(rows % Slice) };
        if (memory.Rows > 0)
        {
            memory.Skipped = reader.Int32();
            reader.Floats(memory.Gradient);
            reader.Floats(memory.Open);
            reader.Floats(memory.State);
            if (memory.Skipped < 0 || memory.Skipped > memory.Rows)
                throw new InvalidDataException("The accumulator's last slice contradicts itself.");
        }

        return new(
            link, intercept == 1, weighted switch { 0 => null, 1 => false, _ => true }, firstRow, rows, skipped, weights, nodes, memory);
    }

    // All of it in 64 bits; larger than an array is no accumulator that was ever written.
    private static int Length(int parameters, long firstRow, long rows)
    {
        const long Slice = Contract.SliceRows;
        var nodes = SliceNodes.Cover(firstRow / Slice, (firstRow + rows) / Slice).Count();
        var partial = rows % Slice == 0 ? 0L : sizeof(int) + (sizeof(float) * ((2L * parameters) + SliceMemory.StateFloats));
        var (weights, sums) = ((long)sizeof(float) * parameters, nodes * sizeof(double) * (2L + parameters));
        var length = HeaderBytes + weights + sums + partial + Checksum.Bytes;
        return length <= Array.MaxLength
            ? (int)length
            : throw new InvalidDataException($"An accumulator of {parameters} weights would take {length} bytes.");
    }
}
