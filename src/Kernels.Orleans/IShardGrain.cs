using Orleans;
using Orleans.Concurrency;

namespace Kernels.Orleans;

/// <summary>The shards of one data set that one silo holds. Its key names the silo, the manifest and the manifest's checksum.</summary>
[Alias("Kernels.Orleans.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Reads parts into memory, and checks them; those that are there stay.</summary>
    /// <param name="ranges">Parts by their numbers in the manifest: first, end, first, end…</param>
    /// <param name="cancellationToken">Stops reading.</param>
    [Alias("Load")]
    [ResponseTimeout("1.00:00:00")]
    Task Load(int[] ranges, CancellationToken cancellationToken);

    /// <summary>Answers a question for ranges of parts.</summary>
    /// <param name="question">As <c>ObservationShards.Ask</c> was given it; bytes, because arrays of numbers take Orleans longer.</param>
    /// <param name="intercept">Whether the rows have one.</param>
    /// <param name="ranges">As for <see cref="Load"/>.</param>
    /// <param name="cancellationToken">Stops a pass.</param>
    /// <returns>An answer for each range.</returns>
    [Alias("Ask")]
    [ResponseTimeout("1.00:00:00")]
    Task<byte[][]> Ask([Immutable] byte[] question, bool intercept, int[] ranges, CancellationToken cancellationToken);

    /// <summary>Lets go of the shards.</summary>
    [Alias("Release")]
    Task Release();
}
