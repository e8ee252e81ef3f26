using System.Buffers;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Sums;

namespace Kernels;

/// <summary>
/// A Hessian accumulator as bytes: "KHA" and the format's version, then little-endian the contract's version, link, intercept, sample
/// weights, floats of an element, parameters, first row, rows, skipped rows, the weights, the centres, the nodes' sums, the unfinished
/// slice, and a CRC-32C of all that.
/// </summary>
/// <remarks>Which nodes there are follows from the range of rows.</remarks>
internal static class HessianFormat
{
    // 2: the rows of an unfinished slice are filled up to a vector, not to two.
    private const int Version = 2;
    private const int HeaderBytes = 4 + 4 + 4 + 4 + 8 + 8 + 8;

    private static ReadOnlySpan<byte> Magic => "KHA"u8;

    internal static void Write(HessianSums sums, byte link, bool? weighted, IBufferWriter<byte> destination)
    {
        var (p, d) = (sums.Weights.Length, sums.Centers.Length);
        var length = Length(p, d, sums.FirstRow, sums.Rows, sums.ElementFloats);
        var bytes = destination.GetSpan(length)[..length];
        var writer = new ByteWriter(bytes);
        writer.Bytes(Magic);
        writer.Byte(Version);
        writer.Int32(ArithmeticContract.Version);
        writer.Byte(link);
        writer.Byte(p > d ? 1 : 0);
        writer.Byte(weighted switch { null => 0, false => 1, true => 2 });
        writer.Byte(sums.ElementFloats);
        writer.Int32(p);
        writer.Int64(sums.FirstRow);
        writer.Int64(sums.Rows);
        writer.Int64(sums.SkippedRows);
        writer.Doubles(sums.Weights);
        writer.Doubles(sums.Centers);
        foreach (ref readonly var node in sums.Nodes.Nodes)
        {
            writer.Double(node.Sums.Loss);
            writer.Double(node.Sums.Weight);
            writer.Doubles(node.Gradient);
        }

        if (sums.Slice.Rows > 0)
            writer.Doubles(sums.Slice.Sums);
        Checksum.Seal(bytes);
        destination.Advance(length);
    }

    internal static HessianSums Read(in ReadOnlySequence<byte> source, byte link, out bool? weighted)
    {
        const long Slice = Contract.SliceRows;
        if (source.Length < HeaderBytes + Checksum.Bytes || source.Length > Array.MaxLength)
            throw new InvalidDataException($"{source.Length} bytes are no Hessian accumulator.");
        ReadOnlySpan<byte> bytes = source.IsSingleSegment ? source.FirstSpan : source.ToArray();
        var reader = new ByteReader(bytes);
        if (!reader.Bytes(Magic.Length).SequenceEqual(Magic))
            throw new InvalidDataException("The bytes are no Hessian accumulator: they do not start with KHA.");
        if (reader.Byte() is var version && version != Version)
            throw new InvalidDataException($"The Hessian accumulator has format {version}; this library reads format {Version}.");
        if (!Checksum.Holds(bytes))
            throw new InvalidDataException("The Hessian accumulator is damaged: its checksum does not fit.");
        if (reader.Int32() is var contract && contract != ArithmeticContract.Version)
            throw new InvalidDataException(
                $"The Hessian accumulator has version {contract} of the arithmetic contract; this library has version {Contract.Version}.");
        if (reader.Byte() is var found && found != link)
            throw new InvalidDataException($"The Hessian accumulator has link {found}, not {link} (0 logit, 1 identity, 2 log).");
        var (intercept, weights, elementFloats, p) = (reader.Byte(), reader.Byte(), reader.Byte(), reader.Int32());
        var (firstRow, rows, skipped) = (reader.Int64(), reader.Int64(), reader.Int64());
        if (intercept > 1 || weights > 2 || elementFloats is not (1 or 2) || p < intercept || p > Guard.MostSecondOrder || firstRow < 0
            || firstRow % Slice != 0 || rows < 0 || firstRow + rows < 0 || skipped < 0 || skipped > rows)
            throw new InvalidDataException("The Hessian accumulator's header contradicts itself.");
        if (Length(p, p - intercept, firstRow, rows, elementFloats) is var length && length != bytes.Length)
            throw new InvalidDataException($"The Hessian accumulator has {bytes.Length} bytes where its header asks for {length}.");

        var (at, centers) = (new double[p], new double[p - intercept]);
        reader.Doubles(at);
        reader.Doubles(centers);
        var sums = new HessianSums(at, centers, centers.Length, firstRow, elementFloats);
        foreach (var (slice, level) in SliceNodes.Cover(firstRow / Slice, (firstRow + rows) / Slice))
        {
            var totals = new Totals(reader.Double(), reader.Double());
            var node = sums.Nodes.Rent();
            reader.Doubles(node);
            sums.Nodes.Place(new(slice, level, totals, node));
        }

        if (rows % Slice != 0)
            reader.Doubles(sums.Slice.Sums);
        sums.SetRows(rows, skipped);
        weighted = weights switch { 0 => null, 1 => false, _ => true };
        return sums;
    }

    // All of it in 64 bits; larger than an array is no accumulator that was ever written.
    private static int Length(int parameters, int columns, long firstRow, long rows, int elementFloats)
    {
        const long Slice = Contract.SliceRows;
        var nodes = SliceNodes.Cover(firstRow / Slice, (firstRow + rows) / Slice).Count();
        var node = 2L + parameters + HessianMemory.TriangleOf(parameters) + 1;
        var open = rows % Slice == 0 ? 0L : HessianMemory.SumsOf(columns, parameters, elementFloats);
        var length = HeaderBytes + Checksum.Bytes + (sizeof(double) * (parameters + columns + (nodes * node) + open));
        return length <= Array.MaxLength
            ? (int)length
            : throw new InvalidDataException($"A Hessian accumulator of {parameters} parameters would take {length} bytes.");
    }
}
