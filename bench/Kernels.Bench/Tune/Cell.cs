using Kernels.Lanes;
using Kernels.Rows;

namespace Kernels.Bench.Tune;

/// <summary>A line that a table may have: a question, a level, a range of columns.</summary>
internal sealed record Cell(Question Question, Level Level, int FromColumns, int ToColumns)
{
    // The ends of ranges: vectors in registers, one chain or four, rows of some lines, what lies on the stack, what leaves L1 and L2.
    private static readonly int[] Ends = [16, 24, 32, 42, 64, 112, 136, 240, 256, 319, 400, 750, 896, 1008, 1104, 2560, 4096, 24576];

    private static readonly Question[] Questions = [Question.Gradient, Question.Margins];
    private static readonly int[] TileRows = [8, 4, 1];
    private static readonly int[] ShareRows = [8, 4];
    private static readonly int[] Lags = [0, 1, 4, 8, 16, 24, 32, 48, 64];
    private static readonly int[] StartsOfLines = [0, 8, 16];

    // Rows of a block at most, and floats of one.
    private static readonly (int Rows, int Floats)[] BlocksFromMemory = [(128, 1600), (64, 65536), (16, 0), (8, 0), (4, 0)];
    private static readonly (int Rows, int Floats)[] BlocksInCache = [(128, 6400), (64, 65536), (8, 0), (4, 0)];

    /// <summary>All of them, in the order of a table.</summary>
    internal static IEnumerable<Cell> All =>
        from level in Enum.GetValues<Level>()
        from question in Questions
        from i in Enumerable.Range(0, Ends.Length + 1)
        select new Cell(question, level, i == 0 ? 1 : Ends[i - 1] + 1, i == Ends.Length ? int.MaxValue : Ends[i]);

    /// <summary>A shape from the middle of the cell, so large that its X comes from there.</summary>
    internal (int Rows, int Columns) Shape
    {
        get
        {
            var columns = ToColumns == int.MaxValue ? 2 * FromColumns : FromColumns + ((ToColumns - FromColumns + 1) / 2);
            var bytes = Level switch
            {
                Level.L2 => Machine.L2 / 2,
                Level.L3 => Machine.L2 + ((Machine.L3 / 2) - Machine.L2) / 2,
                _ => Math.Min(Machine.L3 * 2, 512L << 20),
            };
            return ((int)Math.Clamp(bytes / sizeof(float) / columns, 1, 4_000_000), columns);
        }
    }

    /// <summary>The plans that may be the best here: all legal ones but those that differ in what the question does not ask.</summary>
    internal IEnumerable<(RowPlan Plan, int BlockFloats)> Plans =>
        from loop in Enum.GetValues<Loop>()
        from tile in TileRows
        from share in Question == Question.Margins ? ShareRows[..1] : ShareRows
        from block in Question == Question.Margins ? [(128, 0)] : Blocks
        from lag in Question == Question.Margins ? Lags[..1] : Lags
        from prefetch in Level == Level.L2 ? Prefetches(loop)[..1] : Prefetches(loop)
        from line in Level == Level.Memory ? StartsOfLines[..1] : StartsOfLines // from memory lines cost what they cost
        let plan = new RowPlan(loop, tile, share, block.Item1, lag, prefetch, line)
        where plan.IsLegalFor(FromColumns) && plan.IsLegalFor(Shape.Columns)
            && plan.IsLegalFor(ToColumns == int.MaxValue ? Shape.Columns : ToColumns)
            && (lag == 0 || block == Blocks[0])
        select (plan, block.Item2);

    private (int, int)[] Blocks => Level == Level.Memory ? BlocksFromMemory : BlocksInCache;

    private static int[] Prefetches(Loop loop) => [0, loop == Loop.Registers ? 8 : 16];
}
