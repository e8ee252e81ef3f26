namespace Kernels.Training;

/// <summary>The blocks of some rows in random orders that follow from a seed.</summary>
internal sealed class ShuffledBlocks
{
    /// <summary>Blocks whose order is kept in memory: 1 GiB of it.</summary>
    internal const long MostBlocks = 1L << 26;

    private readonly (long Start, int Rows)[] _blocks;
    private ulong _state;

    internal ShuffledBlocks(long rows, int blockRows, ulong seed)
    {
        _blocks = new (long, int)[CountOf(rows, blockRows)];
        for (var i = 0; i < _blocks.Length; i++)
            _blocks[i] = ((long)i * blockRows, (int)Math.Min(blockRows, rows - ((long)i * blockRows)));
        _state = seed;
    }

    /// <summary>Blocks of so many rows, the last of the rest: in 64 bits, where a sum near 2⁶³ would wrap.</summary>
    internal static long CountOf(long rows, int blockRows) => (rows / blockRows) + (rows % blockRows == 0 ? 0 : 1);

    /// <summary>Another order of all blocks.</summary>
    internal (long Start, int Rows)[] Shuffle()
    {
        for (var i = _blocks.Length - 1; i > 0; i--)
        {
            // The high half of a 128-bit product: as good as uniform for so few blocks.
            var k = (int)Math.BigMul(Next(), (ulong)(i + 1), out _);
            (_blocks[i], _blocks[k]) = (_blocks[k], _blocks[i]);
        }

        return _blocks;
    }

    // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
