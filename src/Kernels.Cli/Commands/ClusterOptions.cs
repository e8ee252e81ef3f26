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

    internal void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_tls);
        command.Options.Add(_name);
    }

    internal SiloSettings Of(ParseResult result, int port) => new()
    {
        Host = SiloSettings.AddressOf(result.GetValue(_host)!, "--host"),
        Port = port,
        Certificate = SiloSettings.CertificateOf(result.GetValue(_tls)),
        Name = result.GetValue(_name) is { Length: > 0 } name ? name : throw new DataException("--cluster-name", "must not be empty"),
    };
}
