using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Orleans;
using Kernels.Training;

namespace Kernels.Cli.Cluster;

/// <summary>The rows of a manifest on the silos of a cluster, which this process joins as one that holds none.</summary>
internal sealed class ClusterRows : IAsyncDisposable
{
    private readonly SiloHost _host;
    private readonly ShardCluster _cluster;
    private readonly JournaledShards? _journal;
    private readonly DirectoryInfo? _sample;

    private ClusterRows(SiloHost host, ShardCluster cluster, JournaledShards? journal, DirectoryInfo? sample, Datasets description) =>
        (_host, _cluster, _journal, _sample, Description) = (host, cluster, journal, sample, description);

    internal ObservationShards Shards => _journal is null ? _cluster : _journal;

    internal ShardManifest Manifest => _cluster.Manifest;

    /// <summary>What the rows have; there are none in it.</summary>
    internal Datasets Description { get; }

    /// <param name="manifest">Its path; null for the sample, which is cut for silos on this machine.</param>
    /// <param name="place">Where this process is, and the cluster.</param>
    /// <param name="settings">What is going to be fitted.</param>
    /// <param name="journal">The file for answers; null for none.</param>
    /// <param name="lines">Where silos that come, go or are slow are told of; null for nowhere.</param>
    /// <param name="cancellation">Stops joining.</param>
    internal static async Task<ClusterRows> OpenAsync(
        string? manifest, SiloSettings place, TrainSettings settings, string? journal, TextWriter? lines, CancellationToken cancellation)
    {
        var sample = manifest is null ? Directory.CreateTempSubdirectory("kernels-sample-") : null;
        SiloHost? host = null;
        try
        {
            var path = manifest ?? WriteSample(sample!, settings, cancellation);
            var description = Describe(path, Read(path, settings));
            host = await SiloHost.StartAsync(place, new() { HoldsShards = false }, cancellation);
            var cluster = new ShardCluster(path, host.Services, new()
            {
                HasIntercept = settings.Intercept,
                Notice = notice => lines?.WriteLine(Message.Line(notice)),
            });
            var kept = journal is null ? null : Journal(cluster, journal);
            return new(host, cluster, kept, sample, description);
        }
        catch
        {
            sample?.Delete(recursive: true);
            if (host is not null)
                await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the rows are.</summary>
    internal string Place() => $"{Count(Manifest.Parts.Count, "shard")} on {Count(_cluster.Silos, "silo")}";

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    /// <summary>The same, and how fast they are read.</summary>
    internal string Describe(double rowsPerSecond) => string.Create(
        CultureInfo.InvariantCulture, $"  {rowsPerSecond * Manifest.Features.Count * sizeof(float) / 1e6:F0} MB/s from {Place()}");

    public async ValueTask DisposeAsync()
    {
        _journal?.Dispose();
        await _cluster.ReleaseAsync();
        await _host.DisposeAsync();
        _sample?.Delete(recursive: true);
    }

    /// <summary>What silos read: a manifest's parts; none where the file is no manifest, which <see cref="OpenAsync"/> says.</summary>
    internal static IEnumerable<string> PartsOf(string manifest)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(manifest))!;
            return [.. ShardManifest.Read(manifest).Parts.Select(part => Path.Combine(folder, part.File))];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static string WriteSample(DirectoryInfo folder, TrainSettings settings, CancellationToken cancellation)
    {
        var sample = new Datasets([DataReader.ReadSample()]);
        var path = Path.Combine(folder.FullName, sample.Source + ".json");
        ShardFiles.Write(sample, new(), settings.Link, settings.Positive, path, rows: 0, cancellation);
        return path;
    }

    private static ShardManifest Read(string path, TrainSettings settings)
    {
        ShardManifest manifest;
        try
        {
            manifest = ShardManifest.Read(path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e.Message);
        }

        if (manifest.Link is { } link && link != settings.Link.ToText())
            throw new DataException(
                path, $"was cut for the {Message.Quote(link)} link; kernels shard --link {settings.Link.ToText()} cuts for this one");
        if (manifest.Shift is not null && !settings.Intercept)
            throw new DataException(path, "was cut for models with an intercept; kernels shard --no-intercept cuts for those without");
        if (settings.Positive is not null)
            throw new DataException("--positive", "goes with kernels shard");
        return manifest;
    }

    private static JournaledShards Journal(ShardCluster cluster, string path)
    {
        try
        {
            return new(cluster, path, cluster.Identity);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e.Message);
        }
    }

    private static Datasets Describe(string path, ShardManifest manifest)
    {
        var none = new Dataset(path, new RowsInMemory([], manifest.Features.Count), 0, manifest.Features.Count, [.. manifest.Features])
        {
            Target = manifest.Target,
            Shift = manifest.Shift?.ToArray(),
            Categories = manifest.Categories?.ToArray(),
            SkipsNaN = manifest.SkipsNaN,
        };
        return new([none]) { Rows = manifest.Rows() };
    }
}
