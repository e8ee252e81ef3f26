namespace Kernels.Orleans;

/// <summary>How a silo takes part in fits.</summary>
public sealed record ShardSiloOptions
{
    /// <summary>Threads for passes; 0, the default, for one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the silo holds shards. A driver's does not: a silo that only asks learns at once when another one is gone, and a
    /// client would wait for its time-out.</summary>
    public bool HoldsShards { get; init; } = true;
}
