namespace Kernels.Orleans;

/// <summary>
/// Threads of their own for passes over rows, as many at a time as the silo has processors. On the pool's threads a silo would answer
/// nothing meanwhile, and the others would take it for dead.
/// </summary>
internal sealed class PassThreads(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    internal int Count => count;

    public void Dispose() => _free.Dispose();

    internal async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            return await Task.Factory.StartNew(
                work, cancellation, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        }
        finally
        {
            _free.Release();
        }
    }
}
