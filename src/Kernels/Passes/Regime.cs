using Kernels.Lanes;

namespace Kernels.Passes;

/// <summary>
/// How a pass goes about its rows, chosen here by the shape alone and for speed alone: no choice changes a bit of the result.
/// The measurements are in bench/NOTES.md.
/// </summary>
internal readonly struct Regime
{
    /// <summary>The most rows of a block.</summary>
    internal const int MostRows = 128;

    /// <summary>Rows of at most so many columns are <see cref="MarginOrder.Narrow"/>.</summary>
    internal const int NarrowColumns = 4 * Lane.Count;

    // A block of narrow rows is a quarter of a 32 KiB L1 cache: weights and gradient are loaded into registers, and loops
    // entered, once in many rows.
    private const int NarrowBlockFloats = 2048;

    // Two blocks of sixteen rows in the L1 cache at once.
    private const int AheadColumns = 160;

    // Rows longer than LongColumns: eight of them are most of a 1 MiB L2 cache.
    private const int EightLongRowColumns = 24576;

    // 1 MiB: X that the L2 cache may hold is read fastest side by side; anything beyond as one stream.
    private const long CachedFloats = 1 << 18;

    // 16 MiB: X beyond it comes from memory.
    private const long MemoryFloats = 1 << 22;

    // From here on the weights do not fit the L1 cache beside a row, and are worth sharing between rows.
    private const int LongColumns = 4096;

    private Regime(MarginOrder order, int blockRows, bool ahead) => (Order, BlockRows, Ahead) = (order, blockRows, ahead);

    internal MarginOrder Order { get; }

    /// <summary>Rows of a block: a multiple of <see cref="Lane.Count"/>, or a divisor of it.</summary>
    internal int BlockRows { get; }

    /// <summary>Whether the next block's margins go between a block's link and its share of the gradient, and hide the latency of both.</summary>
    internal bool Ahead { get; }

    /// <param name="rows">N.</param>
    /// <param name="columns">d.</param>
    /// <param name="manyRegisters">Whether there are registers for the accumulators of long rows side by side.</param>
    internal static Regime Of(int rows, int columns, bool manyRegisters)
    {
        var floats = (long)rows * columns;
        var fromMemory = floats > MemoryFloats;
        if (columns <= NarrowColumns)
        {
            var block = Math.Clamp(NarrowBlockFloats / Math.Max(columns, 1) / Lane.Count * Lane.Count, Lane.Count, MostRows);
            if (columns <= 2 * Lane.Count)
                return new(MarginOrder.Narrow, block, ahead: false);
            return new(fromMemory ? MarginOrder.InOrder : MarginOrder.Narrow, block, ahead: !fromMemory);
        }

        if (columns > LongColumns)
            return new(manyRegisters ? MarginOrder.SideBySide : MarginOrder.InOrder, columns <= EightLongRowColumns ? 8 : RowGroup.Rows, ahead: false);

        // Sixteen rows, as many as the link takes at once; from the L3 cache more, which it reads with fewer pauses.
        var sideBySide = columns <= LongRow.ShortColumns && floats <= CachedFloats;
        return new(
            sideBySide ? MarginOrder.SideBySide : MarginOrder.InOrder,
            sideBySide || fromMemory ? Lane.Count : 2 * Lane.Count,
            ahead: sideBySide && columns <= AheadColumns);
    }
}

/// <summary>In which order the margins of a block read its rows.</summary>
internal enum MarginOrder
{
    /// <summary>Eight rows written out, weights in registers.</summary>
    Narrow,

    /// <summary>Several rows at once, each weight loaded once for all of them.</summary>
    SideBySide,

    /// <summary>One row after the other: a single stream from memory.</summary>
    InOrder,
}
