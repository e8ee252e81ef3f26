namespace Kernels.Rows.Plans;

/// <summary>Intel family 6, model CF (Xeon, 5th generation), with 512-bit vectors.</summary>
/// <remarks>
/// From two measurements, not from `bench tune`: with prefetches, and the pipelined loop kept from memory, 0.85 to 0.97 of the read-only
/// pass where the table of Zen 4 gave 0.61 to 0.75; rows of 256 columns fell to 0.70 so, and go by blocks.
/// </remarks>
internal static class EmeraldRapids
{
    // Question, level, most columns, condition, (loop, rows of a tile, of a share, of a block, lag, prefetch, line), floats of a block.
    internal static PlanRow[] Rows =>
    [
        .. Zen4.InCache,
        new(Question.Gradient, Level.Memory, 24, When.Always, new(Loop.Registers, 8, 8, 128, 0, 8, 0), 1024),
        new(Question.Gradient, Level.Memory, 32, When.Always, new(Loop.Registers, 8, 8, 128, 64, 8, 0), 1024),
        new(Question.Gradient, Level.Memory, 42, When.Always, new(Loop.Registers, 8, 8, 128, 48, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 64, When.Always, new(Loop.Registers, 8, 8, 128, 32, 8, 0), 1600),
        new(Question.Gradient, Level.Memory, 112, When.MidLine, new(Loop.Tile, 8, 8, 16, 16, 0, 0)),
        new(Question.Gradient, Level.Memory, 240, When.Always, new(Loop.Tile, 8, 8, 16, 16, 0, 16)),
        new(Question.Gradient, Level.Memory, 256, When.Always, new(Loop.Tile, 1, 8, 8, 0, 16, 0)),
        new(Question.Gradient, Level.Memory, 896, When.Always, new(Loop.Tile, 4, 8, 64, 4, 0, 16), 65536),
        new(Question.Gradient, Level.Memory, 1008, When.Alike, new(Loop.Tile, 4, 8, 64, 4, 0, 16), 65536),
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
