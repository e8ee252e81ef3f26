namespace Kernels.Rows.Plans;

/// <summary>
/// AMD family 25, models 10 to 1F and 60 on (EPYC 9004), with 512-bit vectors; and the table of processors that have none of their own.
/// </summary>
/// <remarks>
/// Memory rests while a block is not read, unless what is done with the block meanwhile fits the out-of-order window, some 300
/// instructions, of which a row takes five for its link and one for every ten columns: hence blocks of 16, 8 and 4 rows from memory.
/// Prefetches gained nothing or did harm.
/// </remarks>
internal static class Zen4
{
    // Question, level, most columns, condition, (loop, rows of a tile, of a share, of a block, lag, prefetch, line), floats of a block.
    /// <summary>From L2 and L3.</summary>
    internal static PlanRow[] InCache =>
    [
        new(Question.Gradient, Level.L2, 24, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 32, When.WholeVectors, new(Loop.Registers, 8, 8, 128, 64, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 64, When.WholeVectors, new(Loop.Registers, 8, 8, 128, 32, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 64, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 112, When.MidLine, new(Loop.Tile, 8, 8, 128, 24, 0, 0), 6400),
        new(Question.Gradient, Level.L2, 136, When.Always, new(Loop.Tile, 8, 8, 128, 24, 0, 16), 6400),
        new(Question.Gradient, Level.L2, 240, When.Always, new(Loop.Tile, 8, 8, 128, 16, 0, 16), 6400),
        new(Question.Gradient, Level.L2, 256, When.SameSets, new(Loop.Tile, 8, 8, 128, 8, 0, 16), 6400),
        new(Question.Gradient, Level.L2, 256, When.Always, new(Loop.Tile, 8, 8, 128, 16, 0, 16), 6400),
        new(Question.Gradient, Level.L2, 319, When.Always, new(Loop.Tile, 4, 8, 128, 0, 0, 16), 6400),
        new(Question.Gradient, Level.L2, 896, When.Always, new(Loop.Tile, 4, 8, 64, 4, 0, 16), 65536),
        new(Question.Gradient, Level.L2, 1008, When.Alike, new(Loop.Tile, 4, 8, 64, 4, 0, 16), 65536),
        new(Question.Gradient, Level.L2, 4096, When.Always, new(Loop.Tile, 4, 8, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.L2, 24576, When.Always, new(Loop.Tile, 4, 8, 8, 0, 0, 0)),
        new(Question.Gradient, Level.L2, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 4, 0, 0, 0)),
        new(Question.Margins, Level.L2, 64, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.L2, 112, When.MidLine, new(Loop.Tile, 8, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.L2, 256, When.Always, new(Loop.Tile, 8, 8, 128, 0, 0, 16)),
        new(Question.Margins, Level.L2, 1008, When.Always, new(Loop.Tile, 1, 8, 128, 0, 0, 16)),
        new(Question.Margins, Level.L2, 4096, When.Always, new(Loop.Tile, 1, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.L2, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 128, 0, 0, 0)),
        new(Question.Gradient, Level.L3, 24, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 32, When.Always, new(Loop.Registers, 8, 8, 128, 64, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 42, When.Always, new(Loop.Registers, 8, 8, 128, 48, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 64, When.Always, new(Loop.Registers, 8, 8, 128, 32, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 112, When.MidLine, new(Loop.Tile, 8, 8, 128, 16, 0, 0), 6400),
        new(Question.Gradient, Level.L3, 240, When.Always, new(Loop.Tile, 8, 8, 128, 16, 0, 16), 6400),
        new(Question.Gradient, Level.L3, 256, When.SameSets, new(Loop.Tile, 8, 8, 128, 8, 0, 16), 6400),
        new(Question.Gradient, Level.L3, 256, When.Always, new(Loop.Tile, 8, 8, 128, 16, 0, 16), 6400),
        new(Question.Gradient, Level.L3, 400, When.Always, new(Loop.Tile, 4, 8, 16, 4, 0, 16)),
        new(Question.Gradient, Level.L3, 896, When.Always, new(Loop.Tile, 4, 8, 64, 4, 0, 16), 65536),
        new(Question.Gradient, Level.L3, 1008, When.Alike, new(Loop.Tile, 4, 8, 64, 4, 0, 16), 65536),
        new(Question.Gradient, Level.L3, 4096, When.Always, new(Loop.Tile, 4, 8, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.L3, 24576, When.Always, new(Loop.Tile, 4, 8, 8, 0, 0, 0)),
        new(Question.Gradient, Level.L3, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 4, 0, 0, 0)),
        new(Question.Margins, Level.L3, 64, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.L3, 112, When.MidLine, new(Loop.Tile, 1, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.L3, 1008, When.Always, new(Loop.Tile, 1, 8, 128, 0, 0, 16)),
        new(Question.Margins, Level.L3, 4096, When.Always, new(Loop.Tile, 1, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.L3, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 128, 0, 0, 0)),
    ];

    /// <summary>All of it.</summary>
    internal static PlanRow[] Rows =>
    [
        .. InCache,
        new(Question.Gradient, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0), 1024),
        new(Question.Gradient, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 8, 128, 0, 0, 0), 1600),
        new(Question.Gradient, Level.Memory, 150, When.Always, new(Loop.Tile, 1, 8, 16, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, 256, When.Always, new(Loop.Tile, 1, 8, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, 350, When.Always, new(Loop.Tile, 1, 8, 8, 1, 0, 0)),
        new(Question.Gradient, Level.Memory, 750, When.Always, new(Loop.Tile, 1, 8, 4, 1, 0, 0)),
        new(Question.Gradient, Level.Memory, 1104, When.Always, new(Loop.Tile, 1, 8, 64, 1, 0, 0), 65536),
        new(Question.Gradient, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 8, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.Memory, 24576, When.Always, new(Loop.Tile, 4, 8, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 4, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 128, 0, 0, 0)),
    ];
}
