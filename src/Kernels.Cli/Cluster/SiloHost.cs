using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Kernels.Cli.Data;
using Kernels.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Dashboard;
using Orleans.Hosting;
using StackExchange.Redis;

namespace Kernels.Cli.Cluster;

/// <summary>A silo of the tool, from its start to its end.</summary>
internal sealed class SiloHost : IAsyncDisposable
{
    private const string Service = "kernels";

    private readonly IHost _host;

    private SiloHost(IHost host) => _host = host;

    internal IServiceProvider Services => _host.Services;

    /// <exception cref="DataException">The port is taken, or there is no cluster.</exception>
    internal static Task<SiloHost> StartAsync(SiloSettings settings, ShardSiloOptions shards, CancellationToken cancellation)
    {
        if (!ClusterFeature.IsSupported)
            throw ClusterFeature.Missing();
        var port = FreePort(settings.Host, settings.Port);
        return StartAsync(Build(settings, shards, port), settings, port, cancellation);
    }

    [RequiresDynamicCode(ClusterFeature.Reason)]
    [RequiresUnreferencedCode(ClusterFeature.Reason)]
    private static IHost Build(SiloSettings settings, ShardSiloOptions shards, int port)
    {
        if (settings.HttpPort is { } http)
        {
            var endpoint = new IPEndPoint(settings.Host, FreePort(settings.Host, http));
            return HttpSilo.Build(endpoint, builder => Configure(builder, settings, shards, port));
        }

        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        Configure(builder, settings, shards, port);
        return builder.Build();
    }

    [RequiresDynamicCode(ClusterFeature.Reason)]
    [RequiresUnreferencedCode(ClusterFeature.Reason)]
    private static void Configure(IHostApplicationBuilder builder, SiloSettings settings, ShardSiloOptions shards, int port)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.UseOrleans(silo =>
        {
            silo.AddGlmShards(shards).ConfigureEndpoints(settings.Host, port, gatewayPort: 0, listenOnAnyHostAddress: false);
            silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.Name, Service));
            if (settings.RedisServer is { } redis)
                silo.UseRedisClustering(o => o.ConfigurationOptions = ConfigurationOptions.Parse(redis));
            else
                silo.UseDevelopmentClustering(settings.Primary ?? new IPEndPoint(settings.Host, port));
            if (settings.Certificate is { } certificate)
                silo.UseTls(certificate, options => Trust(options, certificate));
            if (settings.HttpPort is not null)
                silo.AddDashboard();
        });
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _host.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It did not say goodbye in time; the others find out.
        }

        _host.Dispose();
    }

    // What does not heed its token is left behind: the process is about to end.
    private static async Task<SiloHost> StartAsync(IHost host, SiloSettings settings, int port, CancellationToken cancellation)
    {
        var where = settings.RedisServer ?? settings.Primary?.ToString() ?? $"{settings.Host}:{port}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(settings.Wait);
        try
        {
            await host.StartAsync(limit.Token).WaitAsync(limit.Token);
            return new(host);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var same = settings.Certificate is null ? "without --tls" : "with the same --tls";
            throw new DataException(
                where, $"no cluster '{Message.Quote(settings.Name)}' there in {settings.Wait.TotalSeconds:0} s that silos {same} may join");
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw new DataException(where, $"no silo could start: {Message.Line(e.GetBaseException().Message)}");
        }
    }

    // Both sides show the one certificate, and take no other: who does not have its key is a stranger.
    private static void Trust(TlsOptions options, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        options.LocalCertificate = certificate;
        options.RemoteCertificateMode = options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (remote, _, _) => remote.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span);
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = certificate.GetNameInfo(
            System.Security.Cryptography.X509Certificates.X509NameType.DnsName, forIssuer: false);
    }

    // Orleans shares its port with any process that does the same: of two silos at one port each gets some of the connections.
    private static int FreePort(IPAddress host, int port)
    {
        try
        {
            using var listener = new TcpListener(host, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException e)
        {
            throw new DataException($"{host}:{port}", $"no silo could start: {e.Message}");
        }
    }

    /// <summary>Signals are the tool's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
