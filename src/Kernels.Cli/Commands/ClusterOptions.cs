using System.CommandLine;
using System.Net;
using Kernels.Cli.Cluster;
using Kernels.Cli.Data;

namespace Kernels.Cli.Commands;

/// <summary>The options that say where a silo is and whom it trusts.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string> _host = new("--host")
    {
        Description = "the address at which the others reach this silo",
        DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
    };

    private readonly Option<string?> _tls = new("--tls")
    {
        Description = "PEM file of a certificate and its key, the same for all silos: connections are encrypted, and strangers refused",
    };

    private readonly Option<string> _name = new("--cluster-name")
    {
        Description = "clusters of different names do not meet",
        DefaultValueFactory = _ => "kernels",
    };

    // Orleans itself tries for five minutes. A silo that starts beside this one is ready in three seconds, with a slow disk in ten.
    private readonly Option<int> _wait = new("--wait")
    {
        Description = "seconds to wait for the cluster to be there",
        DefaultValueFactory = _ => 15,
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_tls);
        command.Options.Add(_name);
        command.Options.Add(_wait);
    }

    /// <summary>The file that <c>--tls</c> reads; null for none.</summary>
    internal string? CertificateFile(ParseResult result) => result.GetValue(_tls);

    internal SiloSettings Of(ParseResult result, int port) => new()
    {
        Host = SiloSettings.AddressOf(result.GetValue(_host)!, "--host"),
        Port = port,
        Certificate = SiloSettings.CertificateOf(result.GetValue(_tls)),
        Name = result.GetValue(_name) is { Length: > 0 } name ? name : throw new DataException("--cluster-name", "must not be empty"),
        Wait = result.GetValue(_wait) is > 0 and <= 86_400 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new DataException("--wait", "must be from 1 to 86400 seconds"),
    };
}
