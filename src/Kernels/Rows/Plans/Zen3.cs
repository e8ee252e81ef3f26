namespace Kernels.Rows.Plans;

/// <summary>AMD family 25, all other models (EPYC 7003), with 256-bit vectors.</summary>
/// <remarks>
/// From `bench tune`: with prefetches from memory rows of up to 900 columns take 0.64 to 0.96 of the time; beyond that the hardware's
/// prefetcher is as good. The failed idea: prefetches from L3, 0.74 to 0.94 of the time at 8.6 MB, but 1.04 to 1.11 at 2 to 6 MB.
/// </remarks>
internal static class Zen3
{
    // Question, level, most columns, condition, (loop, rows of a tile, of a share, of a block, lag, prefetch, line), floats of a block.
    internal static PlanRow[] Rows =>
    [
        .. SixteenRegisters.FromL2,
        .. SixteenRegisters.FromL3,
        new(Question.Gradient, Level.Memory, 16, When.Always, new(Loop.Registers, 8, 8, 128, 64, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 4, 128, 0, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 42, When.Always, new(Loop.Registers, 8, 8, 128, 48, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 4, 64, 0, 8, 0), 65536),
        new(Question.Gradient, Level.Memory, 112, When.Always, new(Loop.Tile, 1, 8, 128, 0, 16, 0), 1600),
        new(Question.Gradient, Level.Memory, 136, When.Always, new(Loop.Tile, 1, 4, 128, 0, 16, 0), 1600),
        new(Question.Gradient, Level.Memory, 240, When.Always, new(Loop.Tile, 1, 8, 16, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 256, When.Always, new(Loop.Tile, 1, 8, 8, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 319, When.Always, new(Loop.Tile, 1, 4, 128, 1, 16, 0), 1600),
        new(Question.Gradient, Level.Memory, 400, When.Always, new(Loop.Tile, 1, 8, 16, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 750, When.Always, new(Loop.Tile, 1, 8, 4, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 896, When.Always, new(Loop.Tile, 1, 4, 4, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 1008, When.Always, new(Loop.Tile, 1, 8, 16, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, 4096, When.Always, new(Loop.Tile, 1, 4, 64, 0, 0, 0), 65536),
        new(Question.Gradient, Level.Memory, 24576, When.Always, new(Loop.Tile, 1, 4, 8, 0, 0, 0)),
        new(Question.Gradient, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 4, 0, 0, 0)),
        new(Question.Margins, Level.Memory, 24, When.Always, new(Loop.Registers, 8, 4, 128, 0, 8, 0)),
        new(Question.Margins, Level.Memory, 42, When.Always, new(Loop.Tile, 1, 4, 128, 0, 16, 0)),
        new(Question.Margins, Level.Memory, 64, When.Always, new(Loop.Registers, 1, 4, 128, 0, 8, 0)),
        new(Question.Margins, Level.Memory, 256, When.Always, new(Loop.Tile, 1, 4, 128, 0, 16, 0)),
        new(Question.Margins, Level.Memory, int.MaxValue, When.Always, new(Loop.Tile, 1, 4, 128, 0, 0, 0)),
    ];
}
