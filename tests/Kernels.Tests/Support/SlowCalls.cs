using Kernels.Orleans;
using Orleans;

namespace Kernels.Tests.Support;

/// <summary>Takes its time for the third question.</summary>
internal sealed class SlowCalls : IIncomingGrainCallFilter
{
    private int _questions;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.Name == nameof(IShardGrain.Ask) && Interlocked.Increment(ref _questions) == 3)
            await Task.Delay(1_000);
        await context.Invoke();
    }
}
