using System.CommandLine;
using System.Net;
using Kernels.Cli.Cluster;
using Kernels.Cli.Data;
using Kernels.Orleans;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels silo</c>: holds shards for fits of other processes, until it is stopped.</summary>
internal static class SiloCommand
{
    private const int MostSilos = 64;

    internal static Command Create(IAnsiConsole console)
    {
        var port = new Option<int>("--port")
        {
            Description = "the port at which the others reach this silo",
            DefaultValueFactory = _ => SiloSettings.DefaultPort,
        };
        var join = new Option<string?>("--join")
        {
            Description = "HOST:PORT of the first silo, or redis:SERVER[,OPTIONS]; if not given, this is the first of a cluster",
        };
        var count = new Option<int>("--count")
        {
            Description = "silos in this process, at this port and the following ones",
            DefaultValueFactory = _ => 1,
        };
        var threads = new Option<int>("--threads") { Description = "threads of a silo for passes; 0, the default, for one a processor" };
        var http = new Option<int?>("--http")
        {
            Description = "a port for browsers: Orleans' dashboard, and at /health whether this silo is well",
        };
        var place = new ClusterOptions();
        var command = new Command("silo", "Hold shards for train --cluster, until stopped.") { port, join, count, threads, http };
        place.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            if (result.GetValue(port) is < 1 or > ushort.MaxValue)
                throw new DataException("--port", "must be from 1 to 65535");
            if (result.GetValue(count) is < 1 or > MostSilos)
                throw new DataException("--count", $"must be from 1 to {MostSilos}");
            if (result.GetValue(threads) < 0)
                throw new DataException("--threads", "must not be negative");
            if (result.GetValue(http) is < 1 or > ushort.MaxValue)
                throw new DataException("--http", "must be from 1 to 65535");
            var first = place.Of(result, result.GetValue(port)).Of(result.GetValue(join), "--join");
            var cluster = result.GetValue(join) ?? new IPEndPoint(first.Host, first.Port).ToString();
            var silos = new List<SiloHost>();
            try
            {
                for (var i = 0; i < result.GetValue(count); i++)
                {
                    var web = i == 0 ? result.GetValue(http) : null;
                    var settings = (first with { Port = first.Port + i, HttpPort = web }).Of(cluster, "--join");
                    silos.Add(await SiloHost.StartAsync(settings, new() { Threads = result.GetValue(threads) }, cancellation));
                    console.MarkupLineInterpolated($"silo [bold]{settings.Host}:{settings.Port}[/] is ready");
                    if (web is not null)
                        console.MarkupLineInterpolated($"its dashboard is at http://{settings.Host}:{web}/");
                }

                console.MarkupLineInterpolated($"kernels train MANIFEST --cluster {cluster}");
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The way it ends.
            }
            finally
            {
                // The first keeps the list of the others.
                foreach (var silo in Enumerable.Reverse(silos))
                    await silo.DisposeAsync();
            }

            return ExitCode.Success;
        });
        return command;
    }
}
