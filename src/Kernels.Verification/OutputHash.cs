using System.Buffers.Binary;
using Org.BouncyCastle.Crypto.Digests;

namespace Kernels.Verification;

/// <summary>SHA-256 of outputs as little-endian bits.</summary>
internal sealed class OutputHash
{
    private readonly Sha256Digest _hash = new(); // managed: the platform's own needs a native library

    internal void Add(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _hash.BlockUpdate(bytes);
    }

    internal void Add(ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        _hash.BlockUpdate(bytes);
    }

    internal void Add(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            Add(value);
    }

    internal void Add(ReadOnlySpan<byte> bytes) => _hash.BlockUpdate(bytes);

    /// <summary>The digest; the hash starts over.</summary>
    public override string ToString()
    {
        var digest = new byte[_hash.GetDigestSize()];
        _hash.DoFinal(digest, 0);
        return Convert.ToHexStringLower(digest);
    }
}
