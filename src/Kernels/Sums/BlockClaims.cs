namespace Kernels.Sums;

/// <summary>Who takes which block of rows: every member has every n-th, in their order, and a member that is there takes those of members
/// that are not.</summary>
/// <remarks>
/// Nobody takes a block before all earlier ones are taken or are their owner's, who is there: so whoever has the first block that is not
/// done waits for nobody. The same blocks every time, so that a member's cache keeps them from one call to the next.
/// </remarks>
internal sealed class BlockClaims(int members)
{
    // A line of memory for each thing that different threads write: for each member its blocks taken, and whether it is there.
    private const int Line = 16;

    private readonly long[] _places = new long[((2 * members) + 1) * Line];

    internal int Members => members;

    /// <summary>Nobody is there, and nothing is taken.</summary>
    internal static void Begin(ref BlockClaims claims, int members)
    {
        if (claims.Members != members)
            claims = new(members);
        else
            Array.Clear(claims._places);
    }

    internal void Arrive(int member) => Volatile.Write(ref PresenceOf(member), 1);

    /// <summary>The block that a member does next; one after the last where there is none.</summary>
    internal long Next(int member)
    {
        while (true)
        {
            var (owner, block) = (member, BlockOf(member));
            for (var other = 0; other < members; other++)
            {
                if (Volatile.Read(ref PresenceOf(other)) == 0 && BlockOf(other) is var its && its < block)
                    (owner, block) = (other, its);
            }

            if (TryTake(owner, block))
                return block;
        }
    }

    /// <summary>The block that a member does next where blocks do not wait for one another: one of its own, then anyone's, of so many; −1
    /// where there is none.</summary>
    internal long NextOf(int member, long blocks)
    {
        for (var i = 0; i < members; i++)
        {
            var owner = (member + i) % members;
            for (long block; (block = BlockOf(owner)) < blocks;)
            {
                if (TryTake(owner, block))
                    return block;
            }
        }

        return -1;
    }

    private long BlockOf(int member) => member + (members * Volatile.Read(ref TakenOf(member)));

    private bool TryTake(int member, long block)
    {
        var taken = block / members;
        return Interlocked.CompareExchange(ref TakenOf(member), taken + 1, taken) == taken;
    }

    private ref long TakenOf(int member) => ref Place(2 * member);

    private ref long PresenceOf(int member) => ref Place((2 * member) + 1);

    // Not from the array's first line, which has its length.
    private ref long Place(int line) => ref _places[(line * Line) + (Line / 2)];
}
