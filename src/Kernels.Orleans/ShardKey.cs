using Orleans.Runtime;

namespace Kernels.Orleans;

/// <summary>What a shard grain's key says. A silo that starts again at the same place is another silo, and so another grain.</summary>
/// <param name="Silo">Where the grain is.</param>
/// <param name="Hash">The manifest's SHA-256.</param>
/// <param name="Manifest">Its path.</param>
internal readonly record struct ShardKey(SiloAddress Silo, string Hash, string Manifest)
{
    public override string ToString() => $"{Silo.ToParsableString()}|{Hash}|{Manifest}";

    internal static ShardKey Parse(string key)
    {
        var parts = key.Split('|', 3);
        return parts.Length == 3
            ? new(SiloAddress.FromParsableString(parts[0]), parts[1], parts[2])
            : throw new InvalidDataException($"'{key}' is no key of a shard grain.");
    }
}
