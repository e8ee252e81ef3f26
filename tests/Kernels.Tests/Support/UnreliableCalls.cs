using Kernels.Orleans;
using Orleans;

namespace Kernels.Tests.Support;

/// <summary>Loses one call in seven before it is made, and one in seven after; makes one in seven twice, and one late.</summary>
internal sealed class UnreliableCalls : IIncomingGrainCallFilter
{
    private int _calls;

    public int Lost { get; private set; }

    public int Doubled { get; private set; }

    public int Delayed { get; private set; }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.DeclaringType != typeof(IShardGrain))
        {
            await context.Invoke();
            return;
        }

        switch (Interlocked.Increment(ref _calls) % 7)
        {
            case 1:
                Lost++;
                throw new TimeoutException("lost on the way");
            case 3:
                Lost++;
                await context.Invoke();
                throw new TimeoutException("the answer was lost on the way");
            case 4:
                Doubled++;
                await context.Invoke();
                await context.Invoke();
                break;
            case 6:
                Delayed++;
                await Task.Delay(20);
                await context.Invoke();
                break;
            default:
                await context.Invoke();
                break;
        }
    }
}
