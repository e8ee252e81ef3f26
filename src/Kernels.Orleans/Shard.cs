using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kernels.Orleans;

/// <summary>The rows of a part, in memory.</summary>
internal sealed class Shard
{
    // The system reads less than 2 GiB at a time.
    private const int MostFloats = 1 << 22;

    private readonly ShardManifest _manifest;
    private readonly float[] _x;
    private readonly float[] _targets;
    private readonly float[] _weights;
    private readonly float[] _offset;

    private Shard(ShardManifest manifest, ShardPart part)
    {
        (_manifest, Part) = (manifest, part);
        _x = GC.AllocateUninitializedArray<float>(part.Rows * manifest.Features.Count);
        _targets = new float[part.Rows];
        _weights = new float[manifest.HasWeights ? part.Rows : 0];
        _offset = new float[manifest.HasOffset ? part.Rows : 0];
    }

    internal ShardPart Part { get; }

    /// <summary>Some rows.</summary>
    internal Observations Rows(int start, int count, bool intercept)
    {
        var d = _manifest.Features.Count;
        return new(new DesignMatrix(_x.AsSpan(start * d, count * d), count, d, d, intercept), _targets.AsSpan(start, count))
        {
            SampleWeights = _manifest.HasWeights ? _weights.AsSpan(start, count) : default,
            Offset = _manifest.HasOffset ? _offset.AsSpan(start, count) : default,
            RowsWithNaN = _manifest.SkipsNaN ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
        };
    }

    /// <summary>Reads a part, and checks it.</summary>
    /// <exception cref="InvalidDataException">The file is not the one that the manifest describes.</exception>
    internal static Shard Read(ShardManifest manifest, string folder, ShardPart part, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, part.File);
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var (length, expected) = (RandomAccess.GetLength(file), manifest.FloatsOf(part) * sizeof(float));
        if (length != expected)
            throw new InvalidDataException($"{path} has {length} bytes; {part.Rows} rows of its manifest take {expected}.");
        var shard = new Shard(manifest, part);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var offset = 0L;
        foreach (var values in new[] { shard._x, shard._targets, shard._weights, shard._offset })
        {
            for (var done = 0; done < values.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                var some = values.AsSpan(done, Math.Min(MostFloats, values.Length - done));
                var bytes = MemoryMarshal.AsBytes(some);
                for (var read = 0; read < bytes.Length;)
                {
                    var count = RandomAccess.Read(file, bytes[read..], offset + read);
                    if (count == 0)
                        throw new InvalidDataException($"{path} ends after {offset + read} bytes; it was longer when it was opened.");
                    read += count;
                }

                hash.AppendData(bytes);
                if (!BitConverter.IsLittleEndian)
                    BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(some), MemoryMarshal.Cast<float, int>(some));
                (done, offset) = (done + some.Length, offset + bytes.Length);
            }
        }

        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return string.Equals(found, part.Sha256, StringComparison.OrdinalIgnoreCase)
            ? shard
            : throw new InvalidDataException($"{path} is damaged: its SHA-256 is {found}, and the manifest has {part.Sha256}.");
    }
}
