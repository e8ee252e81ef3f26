using Kernels.Lanes;

namespace Kernels.Rows;

/// <summary>
/// How a pass goes about its rows, chosen here by the shape, where long rows lie, and for speed alone: no choice changes a bit of the result.
/// The measurements are in bench/NOTES.md.
/// </summary>
internal readonly struct Regime
{
    /// <summary>The most rows of a block.</summary>
    internal const int MostRows = 128;

    /// <summary>Rows of at most so many columns are <see cref="MarginOrder.Narrow"/>.</summary>
    internal const int NarrowColumns = 4 * Lane.Count;

    /// <summary>So many rows, and fewer, go by blocks.</summary>
    internal const int FewRows = 5 * Lane.Count - 1;

    /// <summary>As do those of fewer lags: the first and the last have nothing to go with.</summary>
    internal const int LeastLags = 5;

    /// <summary>Long rows of at most so many columns may go by <see cref="InterleavedLongRows{TLanes, TLink}"/>.</summary>
    internal const int InterleavedColumns = 63 * Lane.Count;

    /// <summary>Rows of at most so many columns, and a lead, weights and gradient with it, lie on the stack.</summary>
    internal const int LeadingColumns = 1024 - Lane.Count;

    /// <summary>Long rows of at most so many columns may go by <see cref="RowByRow{TLanes, TLink}"/>: weights, gradient, the sum of a group and a row are half of a 32 KiB L1 cache.</summary>
    internal const int RowByRowColumns = 69 * Lane.Count;

    // A block, with its weights and its gradient, is most of a 32 KiB L1 cache: loops are entered, and the link's latency is
    // waited for, once in many rows.
    private const int BlockFloats = 6400;

    // Memory rests while a block is not read, unless what is done with the block meanwhile fits the window in which a core looks
    // ahead: some 300 instructions, of which a row takes five for its link and one for every ten columns.
    private const int WindowColumns = 3200;
    private const int LinkColumns = 50;

    // Narrower rows: below so many floats a block is mostly calls.
    private const int LeastBlockFloats = 1024;

    // Sixteen rows that do not fit the L1 cache make blocks of the L2 cache: 256 KiB, at most 64 rows.
    private const int LongBlockFloats = 65536;
    private const int LongBlockRows = 64;

    // Rows longer than LongColumns: eight of them are most of a 1 MiB L2 cache.
    internal const int EightLongRowColumns = 24576;

    // 1 MiB: X that the L2 cache may hold is read fastest side by side. From L3 one stream is faster where nothing but margins is
    // wanted, or where the loop over a row has no rest.
    private const long CachedFloats = 1 << 18;

    // 16 MiB: X beyond it comes from memory, which is read fastest as one stream.
    private const long MemoryFloats = 1 << 22;

    // Longer rows are better read as the hardware does it.
    private const int AheadColumns = 160 * Lane.Count;

    // From here on the weights do not fit the L1 cache beside a row, and are worth sharing between rows.
    private const int LongColumns = 4096;

    // Interleaved, narrow rows: what lies between the two uses of a row is to stay in L1 beside what comes, and takes a quarter of it.
    private const int NarrowLagFloats = 2048;

    // Wider rows: as many as the link takes at once. Eight more where sixteen are less to do than the link takes; eight fewer
    // where those would leave L1: for rows that long, a multiple of sixteen floats apart, which share its sets.
    private const int FewColumns = (8 * Lane.Count) + (Lane.Count / 2);
    private const int ManyColumns = 15 * Lane.Count;

    // Vectors that are halves of two lines cost little; one vector more costs more in rows of so few.
    private const int HalfLineColumns = 7 * Lane.Count;

    // Long rows: eight of them are a 32 KiB L1 cache. From L2 short ones gain nothing.
    private const int LeastLongColumns = 20 * Lane.Count;

    private const int MostUnalignedColumns = 56 * Lane.Count;

    private Regime(MarginOrder order, int blockRows) => (Order, OrderAlone, BlockRows) = (order, order, blockRows);

    internal MarginOrder Order { get; }

    /// <summary>The order of margins without a gradient.</summary>
    internal MarginOrder OrderAlone { get; private init; }

    /// <summary>Rows of a block: a multiple of <see cref="Lane.Count"/>, or a divisor of it.</summary>
    internal int BlockRows { get; }

    /// <summary>Whether the gradient goes by <see cref="RowByRow{TLanes, TLink}"/> where it can: in half as wide vectors a row is too many instructions.</summary>
    internal bool RowByRow { get; private init; }

    /// <param name="rows">N.</param>
    /// <param name="columns">d.</param>
    /// <param name="manyRegisters">Whether there are registers for the accumulators of long rows side by side.</param>
    internal static Regime Of(int rows, int columns, bool manyRegisters)
    {
        if (columns > LongColumns)
            return new(manyRegisters ? MarginOrder.SideBySide : MarginOrder.InOrder, columns <= EightLongRowColumns ? 8 : Contract.GroupRows);

        var fromMemory = (long)rows * columns > MemoryFloats;
        if (fromMemory)
        {
            var window = WindowColumns / (LinkColumns + columns);
            return new(
                columns <= NarrowColumns / 2 ? MarginOrder.Narrow : MarginOrder.InOrder,
                MemoryBlock(window, columns))
            {
                RowByRow = manyRegisters && columns is > Contract.OneChainColumns and <= RowByRowColumns,
            };
        }

        var fromL3 = (long)rows * columns > CachedFloats;
        if (columns <= NarrowColumns)
            return new(MarginOrder.Narrow, WholeVectors(BlockFloats, columns, MostRows));

        var isShort = columns <= Contract.OneChainColumns;
        var oneStream = isShort ? fromL3 && columns % NarrowColumns == 0 : !manyRegisters;
        return new(
            oneStream ? MarginOrder.InOrder : MarginOrder.SideBySide,
            columns <= BlockFloats / Lane.Count ? WholeVectors(BlockFloats, columns, MostRows) : LongBlock(columns))
        {
            OrderAlone = isShort && !fromL3 ? MarginOrder.SideBySide : MarginOrder.InOrder,
        };
    }

    /// <summary>Rows between a margin and its share of the gradient where the gradient goes by <see cref="InterleavedRows{TLanes, TLink}"/>; 0 where it does not.</summary>
    /// <param name="rows">N.</param>
    /// <param name="columns">d.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="lead">What there is between the start of a line, or half a line, and every row; −1 if not the same for all.</param>
    /// <param name="manyRegisters">Whether there are registers for both primitives.</param>
    internal static int LagOf(int rows, int columns, nint stride, int lead, bool manyRegisters)
    {
        if (!manyRegisters || ((long)rows * columns > MemoryFloats && !(columns <= NarrowColumns && AsksAhead(rows, columns, stride))))
            return 0;

        // Eight rows with every vector across two lines take more of L1: not much less than it.
        if (lead < 0 && columns > MostUnalignedColumns)
            return 0;

        // Rows of one line in L1 or L2, and those that lie across lines, gain nothing: their loads are the bound.
        var fromL3 = (long)rows * columns > CachedFloats;
        return columns switch
        {
            <= NarrowColumns when columns > 3 * Lane.Count / 2 && (fromL3 || columns % Lane.Count == 0) => WholeVectors(NarrowLagFloats, columns, MostRows / 2),
            <= NarrowColumns => 0,
            <= FewColumns when !fromL3 => 3 * Lane.Count / 2,
            > ManyColumns and <= Contract.OneChainColumns when stride % Lane.Count == 0 => Lane.Count / 2,
            <= Contract.OneChainColumns => Lane.Count,
            <= InterleavedColumns when fromL3 || columns >= LeastLongColumns => Contract.GroupRows,
            _ => 0,
        };
    }

    /// <summary>The floats before a row that count as its own (<see cref="InterleavedRows{TLanes, TLink}"/>); 0 for none.</summary>
    /// <param name="columns">d.</param>
    /// <param name="lead">As of <see cref="LagOf"/>.</param>
    internal static int LeadOf(int columns, int lead) => lead < 0 || (lead == Lane.Count / 2 && columns <= HalfLineColumns) ? 0 : lead;

    /// <summary>The same where rows go by blocks: the least that makes whole or half lines of vectors, which half as wide vectors are.</summary>
    /// <param name="rows">N.</param>
    /// <param name="columns">d.</param>
    /// <param name="lead">As of <see cref="LagOf"/>.</param>
    /// <param name="manyRegisters">As of <see cref="LagOf"/>.</param>
    /// <param name="gradientToo">Whether rows are read twice.</param>
    internal static int BlockLeadOf(int rows, int columns, int lead, bool manyRegisters, bool gradientToo)
    {
        if (columns is <= NarrowColumns or > LeadingColumns || (long)rows * columns > MemoryFloats)
            return 0;

        // A short row is to stay one (ARITHMETIC.md, 1).
        if (columns is <= Contract.OneChainColumns and > Contract.OneChainColumns - Lane.Count)
            return 0;
        if (lead < 0 || manyRegisters)
            return LeadOf(columns, lead);

        // Half as wide vectors lose less to lines, in a gradient no more than a vector more costs.
        lead %= Lane.Count / 2;
        return gradientToo && lead + columns > Lane.RoundUp(columns) ? 0 : lead;
    }

    /// <summary>Whether a pass asks for X ahead of its use: X that comes from memory, row upon row.</summary>
    /// <param name="rows">N.</param>
    /// <param name="columns">d.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    internal static bool AsksAhead(int rows, int columns, nint stride) =>
        (long)rows * columns > MemoryFloats && columns <= AheadColumns && stride - columns < Lane.Count && Processor.AsksAhead;

    private static int MemoryBlock(int window, int columns) => window switch
    {
        < Contract.GroupRows => LongBlock(columns),
        < Lane.Count / 2 => Contract.GroupRows,
        < Lane.Count => Lane.Count / 2,
        _ => Math.Max(WholeVectors(LeastBlockFloats, columns, MostRows), window / Lane.Count * Lane.Count),
    };

    private static int LongBlock(int columns) => WholeVectors(LongBlockFloats, columns, LongBlockRows);

    // Rows of so many floats, in whole vectors of margins, as the link takes them.
    private static int WholeVectors(int floats, int columns, int mostRows) =>
        Math.Clamp(floats / Math.Max(columns, 1) / Lane.Count * Lane.Count, Lane.Count, mostRows);
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
