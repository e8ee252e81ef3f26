namespace Kernels.Cli.Data;

/// <summary>What is added to the margins of rows: a column as it is, the logarithm of exposures, or one number.</summary>
internal static class Offsets
{
    /// <summary>Blocks whose offset is ready to be added.</summary>
    internal static IEnumerable<Dataset> Ready(IEnumerable<Dataset> blocks, ReadOptions options)
    {
        var row = 0L;
        foreach (var block in blocks)
        {
            if (options is { OffsetIsExposure: true, Offset: not null })
            {
                yield return block with { Offset = LogarithmsOf(block, options, row) };
            }
            else if (options is { ConstantOffset: { } constant, Offset: null })
            {
                var same = new float[block.Rows];
                Array.Fill(same, (float)constant);
                yield return block with { Offset = same };
            }
            else
            {
                yield return block;
            }

            row += block.Rows;
        }
    }

    private static float[] LogarithmsOf(Dataset block, ReadOptions options, long firstRow)
    {
        var logarithms = new float[block.Rows];
        for (var i = 0; i < logarithms.Length; i++)
        {
            var exposure = block.Offset![i];
            if (exposure <= 0 || float.IsInfinity(exposure))
                throw new DataException(block.Source,
                    $"row {firstRow + i + 1}: the exposure '{Message.Quote(options.Offset)}' is {exposure}; it must be "
                    + $"positive and finite");
            logarithms[i] = (float)Math.Log(exposure);
        }

        return logarithms;
    }
}
