namespace Kernels.Training.Shards;

/// <summary>
/// Something that rows are added to, and that is put together from the sums of neighbouring ranges of rows: the same bits wherever the
/// rows are cut, as long as they are cut at slices.
/// </summary>
internal interface IRowSums<TSelf>
    where TSelf : IRowSums<TSelf>
{
    /// <summary>Whether further rows would change nothing: what was looked for is found.</summary>
    bool IsDone => false;

    /// <param name="rows">The next rows.</param>
    /// <param name="first">The number of the first of them.</param>
    void Add(in Observations rows, long first);

    /// <summary>Adds what the rows that follow have come to.</summary>
    void Merge(TSelf next);

    /// <summary>Writes what the rows have come to, for <see cref="Question{TSums}.Read"/>.</summary>
    void Write(BinaryWriter writer);
}
