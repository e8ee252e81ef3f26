using Kernels.Orleans;
using Orleans;

namespace Kernels.Tests.Support;

/// <summary>The last silo goes at a question, without a goodbye and without an answer.</summary>
internal sealed class DyingCalls(int call, Func<Task> die) : IIncomingGrainCallFilter
{
    public int Calls { get; private set; }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.Name == nameof(IShardGrain.Ask) && ++Calls >= call)
        {
            _ = Task.Run(die);
            await Task.Delay(Timeout.Infinite);
        }

        await context.Invoke();
    }
}
