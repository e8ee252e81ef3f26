using System.Net;
using System.Net.Sockets;
using Kernels.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Kernels.Tests.Support;

/// <summary>Silos in this process, on ports that were free; the driver's keeps the list of them.</summary>
internal sealed class TestSilos : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];
    private readonly string _cluster = Guid.NewGuid().ToString("N");
    private IPEndPoint? _primary;

    internal IServiceProvider Driver => _hosts[0].Services;

    internal IServiceProvider Last => _hosts[^1].Services;

    /// <summary>What all of them hold.</summary>
    internal (long Rows, int Shards) Held()
    {
        var held = _hosts.ConvertAll(host => host.Services.GetRequiredService<HeldShards>());
        return (held.Sum(h => h.Rows), held.Sum(h => h.Shards));
    }

    /// <summary>A driver, and some silos that hold shards.</summary>
    internal static async Task<TestSilos> StartAsync(int holders, Action<ISiloBuilder>? configure = null, int threads = 2)
    {
        var silos = new TestSilos();
        await silos.AddAsync(new() { HoldsShards = false }, configure);
        for (var i = 0; i < holders; i++)
            await silos.AddAsync(new() { Threads = threads }, configure);
        return silos;
    }

    internal async Task AddAsync(ShardSiloOptions options, Action<ISiloBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var (port, gateway) = (FreePort(), FreePort());
        _primary ??= new(IPAddress.Loopback, port);
        builder.UseOrleans(silo =>
        {
            silo.UseDevelopmentClustering(_primary).ConfigureEndpoints(IPAddress.Loopback, port, gateway).AddGlmShards(options);
            silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (_cluster, "tests"));
            configure?.Invoke(silo);
        });
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
    }

    /// <summary>Stops the last silo, at once or after a goodbye.</summary>
    internal async Task StopLastAsync(CancellationToken atOnce)
    {
        var host = _hosts[^1];
        _hosts.RemoveAt(_hosts.Count - 1);
        await host.StopAsync(atOnce);
        host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            try
            {
                await host.StopAsync(atOnce.Token);
            }
            catch (OperationCanceledException)
            {
            }

            host.Dispose();
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
