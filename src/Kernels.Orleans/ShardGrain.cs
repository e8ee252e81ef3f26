using Kernels.Training;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace Kernels.Orleans;

/// <summary>Holds the shards of a silo, and sums their rows: one message a silo, however many shards it has.</summary>
/// <remarks>Calls do not wait for each other, and share nothing but the rows: one that nobody waits for any longer spoils none.</remarks>
[ShardPlacement]
[Reentrant]
internal sealed class ShardGrain(PassThreads threads, HeldShards held, IOptions<SiloMessagingOptions> messaging) : Grain, IShardGrain
{
    // Floats. A gradient takes some 0.1 ms, no longer than to wake another thread, twice, on a busy machine; XᵀDX of 1,000 columns some
    // 25 ms of one of the pool's threads, where the others ask once a second whether a silo is there.
    private const int ShortPass = 1 << 20;

    private readonly Dictionary<int, Task<Shard>> _shards = [];
    private ShardManifest _manifest = null!;
    private string _folder = string.Empty;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = ShardKey.Parse(this.GetPrimaryKeyString());
        _manifest = ShardManifest.Read(key.Manifest, out var hash);
        _folder = Path.GetDirectoryName(Path.GetFullPath(key.Manifest))!;
        return hash == key.Hash
            ? Task.CompletedTask
            : throw new InvalidDataException(
                $"{key.Manifest} on {key.Silo} is another one than the driver's: its SHA-256 is {hash}, not {key.Hash}.");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Those that are still being read, too.
        foreach (var shard in _shards.Values)
        {
            _ = shard.ContinueWith(
                read => held.Remove(read.Result.Part.Rows),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        _shards.Clear();
        return Task.CompletedTask;
    }

    public Task Load(int[] ranges, CancellationToken cancellationToken)
    {
        var all = new List<Task>();
        for (var i = 0; i < ranges.Length; i += 2)
            all.Add(ShardsOf(ranges[i], ranges[i + 1], cancellationToken));
        return Task.WhenAll(all);
    }

    public async Task<byte[][]> Ask(byte[] question, bool intercept, int[] ranges, CancellationToken cancellationToken)
    {
        var answers = new List<Task<byte[]>>();
        for (var i = 0; i < ranges.Length; i += 2)
            answers.Add(AskRange(question, intercept, ranges[i], ranges[i + 1], cancellationToken));
        return MessageLimit.Check(await Task.WhenAll(answers), messaging.Value.MaxMessageBodySize);
    }

    public Task Release()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task<byte[]> AskRange(byte[] question, bool intercept, int first, int end, CancellationToken cancellation)
    {
        var shards = await ShardsOf(first, end, cancellation);
        if (shards.Sum(shard => (long)shard.Part.Rows) * _manifest.Features.Count <= ShortPass)
        {
            var all = ShardRows.Split(shards, _manifest.Features.Count, intercept, parts: 1)[0];
            return ObservationShards.Answer(question, all, all.FirstRow, maxDegreeOfParallelism: 1, cancellation);
        }

        var parts = ShardRows.Split(shards, _manifest.Features.Count, intercept, threads.Count);
        var answers = await Task.WhenAll(parts.Select(part => threads.RunAsync(
            () => ObservationShards.Answer(question, part, part.FirstRow, maxDegreeOfParallelism: 1, cancellation), cancellation)));
        return ObservationShards.Merge(question, answers);
    }

    private async Task<Shard[]> ShardsOf(int first, int end, CancellationToken cancellation)
    {
        if (first < 0 || end <= first || end > _manifest.Parts.Count)
            throw new ArgumentOutOfRangeException(
                nameof(first), $"There are no parts {first} to {end}; the manifest has {_manifest.Parts.Count}.");
        var shards = new Task<Shard>[end - first];
        for (var i = first; i < end; i++)
        {
            // One that could not be read is tried again.
            if (!_shards.TryGetValue(i, out var shard) || shard.IsFaulted || shard.IsCanceled)
            {
                var part = _manifest.Parts[i];
                _shards[i] = shard = threads.RunAsync(() => Read(part, cancellation), cancellation);
            }

            shards[i - first] = shard;
        }

        return await Task.WhenAll(shards);
    }

    private Shard Read(ShardPart part, CancellationToken cancellation)
    {
        var shard = Shard.Read(_manifest, _folder, part, cancellation);
        held.Add(part.Rows);
        return shard;
    }
}
