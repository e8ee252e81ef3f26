namespace Kernels.Orleans;

/// <summary>How a driver asks a cluster.</summary>
public sealed record ShardClusterOptions
{
    /// <summary>Whether the model has an intercept.</summary>
    public bool HasIntercept { get; init; } = true;

    /// <summary>How long a fit goes on without an answer while silos cannot be reached, or none is there.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long a silo that has not answered is named; a pass that takes longer than others is waited for all the
    /// same.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Told of silos that are gone, come or slow; from any thread.</summary>
    public Action<string>? Notice { get; init; }
}
