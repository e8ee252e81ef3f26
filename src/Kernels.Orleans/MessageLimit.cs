namespace Kernels.Orleans;

/// <summary>
/// What Orleans takes in one message. Of a longer one it closes the connection, and whoever waits for the answer waits until the time is
/// up: so it is refused before it is sent.
/// </summary>
internal static class MessageLimit
{
    /// <summary>XᵀDX of 4,000 columns takes 64 MB, times the nodes of a range of rows, some ten; Orleans' own limit is 100 MiB.</summary>
    internal const int Bytes = 1 << 30;

    // Headers, and the length of each array.
    private const int Overhead = 64 << 10;

    /// <exception cref="InvalidDataException">It is too long.</exception>
    internal static byte[][] Check(byte[][] bytes, int limit)
    {
        var length = bytes.Sum(some => (long)some.Length) + Overhead;
        return length <= limit
            ? bytes
            : throw new InvalidDataException(
                $"A message of {length} bytes is needed, and SiloMessagingOptions.MaxMessageBodySize is {limit}: raise it, on all silos, " +
                "or fit by L-BFGS, whose messages grow with the columns and not with their square.");
    }
}
