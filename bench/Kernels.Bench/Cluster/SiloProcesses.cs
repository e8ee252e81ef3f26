using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kernels.Bench.Cluster;

/// <summary>Silos of the tool, each a process with one thread for passes; the first keeps the list of them.</summary>
internal sealed class SiloProcesses : IDisposable
{
    private readonly List<(Process Process, int Port)> _silos = [];

    internal string Name { get; } = Guid.NewGuid().ToString("N")[..8];

    internal IPEndPoint First => new(IPAddress.Loopback, _silos[0].Port);

    internal void Add(int count)
    {
        for (var i = 0; i < count; i++)
            Start(FreePort());
    }

    /// <summary>Ends the last one as a failure of its machine would.</summary>
    internal void KillLast()
    {
        _silos[^1].Process.Kill();
        _silos[^1].Process.WaitForExit();
    }

    internal void RestartLast()
    {
        var port = _silos[^1].Port;
        _silos[^1].Process.Dispose();
        _silos.RemoveAt(_silos.Count - 1);
        Start(port);
    }

    /// <summary>Of all that live.</summary>
    internal TimeSpan ProcessorTime()
    {
        var sum = TimeSpan.Zero;
        foreach (var (process, _) in _silos)
        {
            process.Refresh();
            sum += process.TotalProcessorTime;
        }

        return sum;
    }

    /// <summary>Of the first.</summary>
    internal long WorkingSet()
    {
        _silos[0].Process.Refresh();
        return _silos[0].Process.WorkingSet64;
    }

    public void Dispose()
    {
        foreach (var (process, _) in _silos)
        {
            process.Kill();
            process.Dispose();
        }
    }

    private void Start(int port)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Kernels.Cli.dll"), "silo", "--threads", "1", "--cluster-name", Name,
            "--port", port.ToString(CultureInfo.InvariantCulture),
        ];
        if (_silos.Count > 0)
            arguments = [.. arguments, "--join", First.ToString()];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("kernels train", StringComparison.Ordinal))
        {
        }

        _silos.Add((process, port));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
