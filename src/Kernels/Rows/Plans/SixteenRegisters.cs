namespace Kernels.Rows.Plans;

/// <summary>Vectors of 256 and 128 bits, and none: sixteen registers, so that four accumulators are what goes side by side.</summary>
/// <remarks>Vectors half as wide lose less to lines: rows are lined up where that takes no vector more.</remarks>
internal static class SixteenRegisters
{
    // Question, level, most columns, condition, (loop, rows of a tile, of a share, of a block, lag, prefetch, line), floats of a block.
    internal static PlanRow[] Rows =>
    [
        .. FromL2,
        .. FromL3,
        new(Question.Gradient, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 4, 128, 0, 0, 0), 1024),
        new(Question.Gradient, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 4, 128, 0, 0, 0), 1600),
        new(Question.Gradient, Level.Memory, 150, When.Always, new(Loop.Tile, 1, 4, 16, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, 350, When.Always, new(Loop.Tile, 1, 4, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, 750, When.Always, new(Loop.Tile, 1, 4, 4, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 4, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.Memory, 24576, When.Always, new(Loop.Tile, 1, 4, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 4, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 4, 128, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 4, 128, 0, 0, 0)),
        new(Question.Margins, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 0)),
    ];

    /// <summary>The same where X from memory is asked for ahead (Zen 5).</summary>
    internal static PlanRow[] WithPrefetch =>
    [
        .. FromL2,
        .. FromL3,
        new(Question.Gradient, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 4, 128, 0, 8, 0), 1024),
        new(Question.Gradient, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 4, 128, 0, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 150, When.Always, new(Loop.Tile, 1, 4, 16, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 350, When.Always, new(Loop.Tile, 1, 4, 8, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 750, When.Always, new(Loop.Tile, 1, 4, 4, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 2560, When.Always, new(Loop.Tile, 1, 4, 64, 0, 16, 0), 65536),
        new(Question.Gradient, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 4, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.Memory, 24576, When.Always, new(Loop.Tile, 1, 4, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 4, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 4, 128, 0, 8, 0)),
        new(Question.Margins, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 4, 128, 0, 8, 0)),
        new(Question.Margins, Level.Memory, 2560, When.Always, new(Loop.Tile, 1, 4, 128, 0, 16, 0)),
        new(Question.Margins, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 0)),
    ];

    /// <summary>From L2.</summary>
    internal static PlanRow[] FromL2 =>
    [
        new(Question.Gradient, Level.L2, 64, When.Always, new(Loop.Registers, 8, 4, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 256, When.FreeLine, new(Loop.Tile, 4, 4, 128, 0, 0, 8), 6400),
        new(Question.Gradient, Level.L2, 256, When.Always, new(Loop.Tile, 4, 4, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 400, When.FreeLine, new(Loop.Tile, 1, 4, 16, 0, 0, 8)),
        new(Question.Gradient, Level.L2, 400, When.Always, new(Loop.Tile, 1, 4, 16, 0, 0, 0)),
        new(Question.Gradient, Level.L2, 1008, When.FreeLine, new(Loop.Tile, 1, 4, 64, 0, 0, 8), 65536),
        new(Question.Gradient, Level.L2, 4096, When.Always, new(Loop.Tile, 1, 4, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.L2, 24576, When.Always, new(Loop.Tile, 1, 4, 8, 0, 0, 0)),
        new(Question.Gradient, Level.L2, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 4, 0, 0, 0)),
        new(Question.Margins, Level.L2, 64, When.Always, new(Loop.Registers, 8, 4, 128, 0, 0, 0)),
        new(Question.Margins, Level.L2, 256, When.Always, new(Loop.Tile, 4, 4, 128, 0, 0, 8)),
        new(Question.Margins, Level.L2, 1008, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 8)),
        new(Question.Margins, Level.L2, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 0)),
    ];

    /// <summary>From L3.</summary>
    internal static PlanRow[] FromL3 =>
    [
        new(Question.Gradient, Level.L3, 64, When.Always, new(Loop.Registers, 8, 4, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 256, When.FourVectors, new(Loop.Tile, 1, 4, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 256, When.FreeLine, new(Loop.Tile, 4, 4, 128, 0, 0, 8), 6400),
        new(Question.Gradient, Level.L3, 256, When.Always, new(Loop.Tile, 4, 4, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 400, When.FreeLine, new(Loop.Tile, 1, 4, 16, 0, 0, 8)),
        new(Question.Gradient, Level.L3, 400, When.Always, new(Loop.Tile, 1, 4, 16, 0, 0, 0)),
        new(Question.Gradient, Level.L3, 1008, When.FreeLine, new(Loop.Tile, 1, 4, 64, 0, 0, 8), 65536),
        new(Question.Gradient, Level.L3, 4096, When.Always, new(Loop.Tile, 1, 4, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.L3, 24576, When.Always, new(Loop.Tile, 1, 4, 8, 0, 0, 0)),
        new(Question.Gradient, Level.L3, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 4, 0, 0, 0)),
        new(Question.Margins, Level.L3, 64, When.Always, new(Loop.Registers, 8, 4, 128, 0, 0, 0)),
        new(Question.Margins, Level.L3, 1008, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 8)),
        new(Question.Margins, Level.L3, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 0)),
    ];
}
