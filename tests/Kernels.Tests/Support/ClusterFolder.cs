using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kernels.Tests.Support;

/// <summary>A folder with data, and the tool's silos as processes of their own.</summary>
public abstract class ClusterFolder : ToolFolder
{
    protected ClusterFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Grid.IsDefaultLeg, "the default leg starts silos, by Linux's shell");
        var random = new Random(7);
        var text = new StringBuilder("a,b,c,d,e,place,weight,years,label\n");
        for (var i = 0; i < 6_000; i++)
        {
            var x = Enumerable.Range(0, 5).Select(j => (random.NextDouble() - 0.5) * (j + 1)).ToArray();
            var label = random.NextDouble() < 1 / (1 + Math.Exp(-x.Sum()));
            foreach (var v in x)
                text.Append(CultureInfo.InvariantCulture,
                    $"{(i % 500 == 3 ? string.Empty : v.ToString("F4", CultureInfo.InvariantCulture))},");
            text.Append(CultureInfo.InvariantCulture, $"{"nsw"[i % 3]},{i % 4},{1 + (i % 5)},{(label ? "up" : "down")}\n");
        }

        Write("d.csv", text.ToString());
    }

    /// <summary>All silos of a test are on a cluster of its own, should ports be taken over.</summary>
    private protected string Name { get; } = Guid.NewGuid().ToString("N")[..8];

    private protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts silos, and waits until they are ready.</summary>
    private protected async Task<Process> Silo(int port, string options = "")
    {
        var process = Begin($"exec \"$K\" silo --port {port} --threads 1 --cluster-name {Name} {options}");
        await Ready(process);
        return process;
    }

    /// <summary>Waits for what a silo says last.</summary>
    private protected static async Task Ready(Process silo)
    {
        for (var line = string.Empty; !line.StartsWith("kernels train", StringComparison.Ordinal);)
            line = await silo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException(await silo.StandardError.ReadToEndAsync());
    }

    private protected async Task<string> Run(string line, int code = 0)
    {
        var run = await ToolProcess.Shell(Folder.FullName, line);
        Assert.True(run.Code == code, $"{line}: {run.Code}\n{run.Output}{run.Error}");
        return run.Output + run.Error;
    }

    private protected static async Task End(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Writes a certificate and its key.</summary>
    private protected void Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kernels", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Write(name, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
