using System.Runtime.CompilerServices;

namespace Kernels.Sums;

/// <summary>Whose turn it is: for each of some sums, the next block that may be added to it.</summary>
internal sealed class Turns(int sums)
{
    private const int Line = 16;

    // A thread that is waited for longer may have lost its processor.
    private const int SpinsBeforeYield = 4000;

    private readonly long[] _next = new long[(sums + 1) * Line];

    internal int Sums => sums;

    internal void Reset() => Array.Clear(_next);

    /// <summary>Waits until all earlier blocks are in a sum; false where the call was cancelled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Await(int sum, long block, CancellationToken token) =>
        Volatile.Read(ref Next(sum)) == block || AwaitSpinning(sum, block, token);

    /// <summary>A block is in a sum, and seen to be by whoever has the next turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Pass(int sum, long block) => Volatile.Write(ref Next(sum), block + 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool AwaitSpinning(int sum, long block, CancellationToken token)
    {
        for (var i = 0; Volatile.Read(ref Next(sum)) != block; i++)
        {
            if (i < SpinsBeforeYield)
                Thread.SpinWait(1);
            else if (token.IsCancellationRequested)
                return false;
            else
                Thread.Yield();
        }

        return true;
    }

    private ref long Next(int sum) => ref _next[(sum * Line) + (Line / 2)];
}
