namespace Kernels.Orleans;

/// <summary>How much a silo holds, of all data sets.</summary>
internal sealed class HeldShards
{
    private int _shards;
    private long _rows;

    internal int Shards => Volatile.Read(ref _shards);

    internal long Rows => Interlocked.Read(ref _rows);

    internal void Add(int rows)
    {
        Interlocked.Increment(ref _shards);
        Interlocked.Add(ref _rows, rows);
    }

    internal void Remove(int rows)
    {
        Interlocked.Decrement(ref _shards);
        Interlocked.Add(ref _rows, -rows);
    }
}
