using System.Collections.Concurrent;

namespace Kernels.Orleans;

/// <summary>
/// Threads of their own for passes over rows, as many as the silo has processors. On the pool's threads a silo would answer nothing
/// meanwhile, and the others would take it for dead.
/// </summary>
internal sealed class PassThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    internal PassThreads(int count)
    {
        Count = count;
        for (var i = 0; i < count; i++)
            new Thread(Run) { IsBackground = true, Name = $"pass {i}" }.Start();
    }

    internal int Count { get; }

    /// <summary>Passes that no thread has begun.</summary>
    internal int Waiting => _work.Count;

    /// <summary>Lets the threads end when they have done what they were given.</summary>
    public void Dispose() => _work.CompleteAdding();

    internal Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        // Who waits does not go on here: this thread has the next pass to begin.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(
            () =>
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    done.SetResult(work());
                }
                catch (OperationCanceledException e)
                {
                    done.SetCanceled(e.CancellationToken);
                }
#pragma warning disable CA1031 // Whatever it is, it is the caller's.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    done.SetException(e);
                }
            },
            CancellationToken.None);
        return done.Task;
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
