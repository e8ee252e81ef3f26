using System.Diagnostics;
using Kernels.Training;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Kernels.Orleans;

/// <summary>
/// The rows of a manifest on the silos of a cluster, as <see cref="ObservationShards"/> that a fit asks. A silo that is gone loses
/// nothing: its shards are read again by the others, and the question that was under way is asked of those shards alone.
/// </summary>
/// <remarks>
/// Bits do not depend on silos, on their number or on what happened to them: answers are put together by the numbers of their rows, each
/// row once. The calling thread waits for answers, so a fit runs on a thread of its own, never in a grain. For one fit at a time.
/// </remarks>
public sealed class ShardCluster : ObservationShards
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ShardManifest _manifest;
    private readonly ShardClusterOptions _options;
    private readonly IGrainFactory _grains;
    private readonly ISiloStatusOracle _silos;
    private readonly int _limit;
    private readonly string _path;
    private readonly string _hash;
    private readonly ShardAssignment<SiloAddress> _assignment;
    private readonly HashSet<(SiloAddress Silo, int Shard)> _loaded = [];
    private SiloAddress[] _known = [];

    /// <summary>Rows that silos are going to read; nothing is asked yet.</summary>
    /// <param name="manifest">The manifest's path, which is the same for all silos.</param>
    /// <param name="services">Those of the driver's own silo, which holds no shards.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidDataException">The manifest makes no sense.</exception>
    public ShardCluster(string manifest, IServiceProvider services, ShardClusterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(services);
        _options = options ?? new();
        _path = Path.GetFullPath(manifest);
        _manifest = ShardManifest.Read(_path, out _hash);
        _grains = Of<IGrainFactory>(services);
        _silos = Of<ISiloStatusOracle>(services);
        _limit = services.GetService(typeof(IOptions<SiloMessagingOptions>)) is IOptions<SiloMessagingOptions> messaging
            ? messaging.Value.MaxMessageBodySize
            : MessageLimit.Bytes;
        _assignment = new(_manifest.Parts.Count);
        Rows = _manifest.Rows();
    }

    /// <inheritdoc/>
    public override long Rows { get; }

    /// <inheritdoc/>
    public override int Columns => _manifest.Features.Count;

    /// <inheritdoc/>
    public override bool HasIntercept => _options.HasIntercept;

    /// <summary>What is asked for.</summary>
    public ShardManifest Manifest => _manifest;

    /// <summary>The manifest's SHA-256, which covers its parts by theirs: what no other rows have.</summary>
    public string Identity => _hash;

    /// <summary>Silos that hold shards now.</summary>
    public int Silos => Holders().Length;

    /// <summary>Questions asked so far.</summary>
    public int Questions { get; private set; }

    /// <summary>Shards that moved from one silo to another.</summary>
    public int Moves => _assignment.Moves;

    /// <inheritdoc/>
    /// <exception cref="TimeoutException">No silo could be reached for longer than the options allow.</exception>
    /// <exception cref="InvalidDataException">A part is damaged, or is not what the manifest says.</exception>
    public override byte[] Ask(byte[] question, CancellationToken cancellationToken)
    {
        // A caller that has a context of its own waits outside of it.
        var answer = SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default
            ? AskAsync(question, cancellationToken)
            : Task.Run(() => AskAsync(question, cancellationToken), CancellationToken.None);
        return answer.GetAwaiter().GetResult();
    }

    /// <summary>Lets all silos go of their shards.</summary>
    /// <returns>When they know.</returns>
    public async Task ReleaseAsync()
    {
        foreach (var silo in Holders())
        {
            try
            {
                await GrainOf(silo).Release();
            }
            catch (Exception e) when (IsTransient(e))
            {
                // It is gone, and so are they.
            }
        }
    }

    private async Task<byte[]> AskAsync(byte[] question, CancellationToken cancellation)
    {
        Questions++;
        MessageLimit.Check([question], _limit);
        var pending = Enumerable.Range(0, _manifest.Parts.Count).ToHashSet();
        var answers = new SortedDictionary<int, byte[]>();
        var lastAnswer = Stopwatch.GetTimestamp();
        while (pending.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Update())
            {
                var asked = _assignment.Runs(pending);
                var failures = await Task.WhenAll(
                    asked.Select(run => AskSilo(run.Key, run.Value, question, pending, answers, cancellation)));
                if (pending.Count == 0)
                    break;
                if (Array.Exists(failures, failure => failure is null))
                    lastAnswer = Stopwatch.GetTimestamp();
            }

            if (Stopwatch.GetElapsedTime(lastAnswer) > _options.Patience)
                throw new TimeoutException(
                    $"No silo answered for {_options.Patience.TotalSeconds:0} s; {pending.Count} of {_manifest.Parts.Count} shards " +
                    $"are missing, and {_known.Length} silos are there.");
            await Task.Delay(Pause, cancellation);
        }

        return Merge(question, [.. answers.Values]);
    }

    // Null for an answer; else why there is none yet. What asking again does not mend is thrown.
    private async Task<Exception?> AskSilo(
        SiloAddress silo,
        int[] ranges,
        byte[] question,
        HashSet<int> pending,
        SortedDictionary<int, byte[]> answers,
        CancellationToken cancellation)
    {
        try
        {
            var grain = GrainOf(silo);
            if (IsNew(silo, ranges))
                await Waited(silo, "reads its shards", grain.Load(ranges, cancellation));
            var parts = await Waited(silo, "sums its rows", grain.Ask(question, HasIntercept, ranges, cancellation));
            lock (answers)
            {
                Mark(silo, ranges);
                for (var i = 0; i < ranges.Length; i += 2)
                {
                    answers[ranges[i]] = parts[i / 2];
                    for (var shard = ranges[i]; shard < ranges[i + 1]; shard++)
                        pending.Remove(shard);
                }
            }

            return null;
        }
        catch (Exception e) when (IsTransient(e))
        {
            _options.Notice?.Invoke($"{silo}: {e.GetType().Name}; its shards are asked for again");
            return e;
        }
    }

    private async Task<T> Waited<T>(SiloAddress silo, string what, Task<T> answer)
    {
        await Waited(silo, what, (Task)answer);
        return await answer;
    }

    private async Task Waited(SiloAddress silo, string what, Task answer)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await answer.WaitAsync(_options.SlowAfter);
                return;
            }
            catch (TimeoutException) when (!answer.IsCompleted)
            {
                _options.Notice?.Invoke($"{silo} {what} for {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
            }
        }
    }

    // Whether there is a silo at all.
    private bool Update()
    {
        var silos = Holders();
        if (!silos.SequenceEqual(_known))
        {
            foreach (var silo in _known.Except(silos))
                _options.Notice?.Invoke($"{silo} is gone");
            foreach (var silo in silos.Except(_known).Where(_ => _known.Length > 0))
                _options.Notice?.Invoke($"{silo} came");
            _known = silos;
        }

        if (silos.Length > 0)
            _assignment.Update(silos);
        return silos.Length > 0;
    }

    private SiloAddress[] Holders() =>
        [.. _silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(HoldsShards).Order()];

    private bool HoldsShards(SiloAddress silo) =>
        _silos.TryGetSiloName(silo, out var name) && name.StartsWith(ShardSiloExtensions.HolderPrefix, StringComparison.Ordinal);

    private IShardGrain GrainOf(SiloAddress silo) => _grains.GetGrain<IShardGrain>(new ShardKey(silo, _hash, _path).ToString());

    private bool IsNew(SiloAddress silo, int[] ranges)
    {
        lock (_loaded)
            return ShardsOf(ranges).Any(shard => !_loaded.Contains((silo, shard)));
    }

    private void Mark(SiloAddress silo, int[] ranges)
    {
        lock (_loaded)
        {
            foreach (var shard in ShardsOf(ranges))
                _loaded.Add((silo, shard));
        }
    }

    private static IEnumerable<int> ShardsOf(int[] ranges)
    {
        for (var i = 0; i < ranges.Length; i += 2)
        {
            for (var shard = ranges[i]; shard < ranges[i + 1]; shard++)
                yield return shard;
        }
    }

    private static T Of<T>(IServiceProvider services)
        where T : class =>
        services.GetService(typeof(T)) as T ?? throw new InvalidOperationException("There is no silo.");

    // What another try may mend: the silo is gone or going, the connection broke, the message was lost.
    private static bool IsTransient(Exception e) =>
        e is SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException or TimeoutException
            or OrleansException { InnerException: IOException };
}
