using System.Buffers.Binary;
using System.Numerics;

namespace Kernels;

/// <summary>CRC-32C, as iSCSI and ext4 have it: the initial and the final value are all ones. It stands behind the bytes it is
/// of.</summary>
internal static class Checksum
{
    /// <summary>What it takes.</summary>
    internal const int Bytes = sizeof(uint);

    /// <summary>Writes the checksum of all bytes but the last four into these.</summary>
    internal static void Seal(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[^Bytes..], Of(bytes[..^Bytes]));

    /// <summary>Whether the last four bytes are the checksum of the others.</summary>
    internal static bool Holds(ReadOnlySpan<byte> bytes) => Of(bytes[..^Bytes]) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[^Bytes..]);

    private static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
