using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kernels.Cli.Data;

namespace Kernels.Cli.Cluster;

/// <summary>How a silo of the tool finds the others, and what it trusts.</summary>
internal sealed record SiloSettings
{
    internal const int DefaultPort = 11_111;

    internal const string Redis = "redis:";

    /// <summary>Where this process is reached.</summary>
    internal required IPAddress Host { get; init; }

    internal required int Port { get; init; }

    /// <summary>The silo that keeps the list of all; null where Redis does, or this silo does itself.</summary>
    internal IPEndPoint? Primary { get; init; }

    /// <summary>The Redis server that keeps the list; null for none.</summary>
    internal string? RedisServer { get; init; }

    /// <summary>What all silos have and show one another; null for plain connections.</summary>
    internal X509Certificate2? Certificate { get; init; }

    /// <summary>Clusters of different names do not meet.</summary>
    internal required string Name { get; init; }

    /// <summary>Where health and the dashboard are to be seen; null for nowhere.</summary>
    internal int? HttpPort { get; init; }

    /// <summary>How long a cluster may take to be there.</summary>
    internal required TimeSpan Wait { get; init; }

    /// <summary>The settings with the cluster that a text names: an endpoint, or redis: and a connection.</summary>
    internal SiloSettings Of(string? cluster, string option) => cluster switch
    {
        null => this,
        _ when cluster.StartsWith(Redis, StringComparison.Ordinal) => this with { RedisServer = cluster[Redis.Length..] },
        _ => this with { Primary = EndpointOf(cluster, option) },
    };

    /// <summary>An address and a port; 11111 where there is none.</summary>
    internal static IPEndPoint EndpointOf(string text, string option)
    {
        var colon = text.LastIndexOf(':');
        var (host, port) = colon > 0 && !text.EndsWith(']') ? (text[..colon], text[(colon + 1)..]) : (text, $"{DefaultPort}");
        if (!int.TryParse(port, out var number) || number is < 1 or > ushort.MaxValue)
            throw new DataException(option, $"must be HOST:PORT or redis:SERVER, not '{Message.Quote(text)}'");
        return new(AddressOf(host, option), number);
    }

    internal static IPAddress AddressOf(string host, string option)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return address;
        try
        {
            return host == "localhost" ? IPAddress.Loopback : Dns.GetHostAddresses(host)[0];
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new DataException(option, $"there is no host '{Message.Quote(host)}'");
        }
    }

    /// <summary>A certificate and its key.</summary>
    internal static X509Certificate2? CertificateOf(string? path)
    {
        if (path is null)
            return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, "is no PEM file of a certificate and its key: " + e.Message);
        }
    }
}
