namespace Kernels.Rows.Plans;

/// <summary>AMD family 26 (EPYC 9005), with 512-bit vectors.</summary>
/// <remarks>
/// This core does not run ahead of a reader that pauses: with prefetches a pass from memory is up to 1.7 times as fast. In cache: as Zen 4.
/// </remarks>
internal static class Zen5
{
    // Question, level, most columns, condition, (loop, rows of a tile, of a share, of a block, lag, prefetch, line), floats of a block.
    internal static PlanRow[] Rows =>
    [
        .. Zen4.InCache,
        new(Question.Gradient, Level.Memory, 24, When.Always, new(Loop.Registers, 8, 8, 128, 0, 8, 0), 1024),
        new(Question.Gradient, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 8, 128, 64, 8, 0), 1024),
        new(Question.Gradient, Level.Memory, 42, When.Always, new(Loop.Registers, 8, 8, 128, 48, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 64, When.Always, new(Loop.Registers, 8, 8, 128, 32, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 150, When.Always, new(Loop.Tile, 1, 8, 16, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 256, When.Always, new(Loop.Tile, 1, 8, 8, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 350, When.Always, new(Loop.Tile, 1, 8, 8, 1, 16, 0)),
        new(Question.Gradient, Level.Memory, 750, When.Always, new(Loop.Tile, 1, 8, 4, 1, 16, 0)),
        new(Question.Gradient, Level.Memory, 1104, When.Always, new(Loop.Tile, 1, 8, 64, 1, 16, 0), 65536),
        new(Question.Gradient, Level.Memory, 2560, When.Always, new(Loop.Tile, 1, 8, 64, 0, 16, 0), 65536),
        new(Question.Gradient, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 8, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.Memory, 24576, When.Always, new(Loop.Tile, 4, 8, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 4, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 8, 128, 0, 8, 0)),
        new(Question.Margins, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 8, 128, 0, 8, 0)),
        new(Question.Margins, Level.Memory, 2560, When.Always, new(Loop.Tile, 1, 8, 128, 0, 16, 0)),
        new(Question.Margins, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 8, 128, 0, 0, 0)),
        new(Question.Margins, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 4, 8, 128, 0, 0, 0)),
    ];
}
