using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace Kernels.Orleans;

/// <summary>
/// Whether this silo takes part: healthy when the cluster knows it as active, degraded while it joins, else unhealthy. Its data say how
/// many shards and rows it holds, and how many passes wait for a thread. For <c>AddHealthChecks().AddCheck&lt;ShardHealthCheck&gt;</c>.
/// </summary>
public sealed class ShardHealthCheck : IHealthCheck
{
    private readonly ISiloStatusOracle _silos;
    private readonly HeldShards _held;
    private readonly PassThreads _threads;

    /// <summary>Of the silo that these services are of.</summary>
    /// <param name="services">Those of a host with <c>AddGlmShards</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such silo.</exception>
    public ShardHealthCheck(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        (_silos, _held, _threads) = (Of<ISiloStatusOracle>(services), Of<HeldShards>(services), Of<PassThreads>(services));
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = _silos.CurrentStatus;
        var health = status switch
        {
            SiloStatus.Active => HealthStatus.Healthy,
            SiloStatus.Created or SiloStatus.Joining => HealthStatus.Degraded,
            _ => HealthStatus.Unhealthy,
        };
        var data = new Dictionary<string, object>
        {
            ["silos"] = _silos.GetApproximateSiloStatuses(onlyActive: true).Count,
            ["shards"] = _held.Shards,
            ["rows"] = _held.Rows,
            ["passesWaiting"] = _threads.Waiting,
        };
        return Task.FromResult(new HealthCheckResult(health, $"{_silos.SiloAddress} is {status}", data: data));
    }

    private static T Of<T>(IServiceProvider services)
        where T : class =>
        services.GetService(typeof(T)) as T ?? throw new InvalidOperationException("There is no silo with AddGlmShards.");
}
