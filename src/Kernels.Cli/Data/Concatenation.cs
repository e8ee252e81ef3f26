namespace Kernels.Cli.Data;

/// <summary>Blocks of one file as one data set.</summary>
internal static class Concatenation
{
    /// <summary>All rows; each block is given back as it is copied.</summary>
    internal static Dataset Of(Dataset[] blocks, ReadOptions options)
    {
        if (blocks is [{ Values: RowsInMemory }])
            return blocks[0];
        var whole = RowsInMemory.Whole(blocks);
        var (first, rows, done) = (blocks[0], blocks.Sum(block => (long)block.Rows), 0);
        options.CheckSize(first.Source, rows, first.Stride);
        var (labels, weights, offset) = (All(block => block.Labels), All(block => block.SampleWeights), All(block => block.Offset));
        if (whole is not null)
            return Whole(whole);
        var values = new float[rows * first.Stride];
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = blocks[i];
            block.Values.Read(0, block.Rows).CopyTo(values.AsSpan(done));
            done += block.Rows * first.Stride;
            blocks[i] = null!;
        }

        return Whole(new RowsInMemory(values, first.Stride));

        Dataset Whole(RowsInMemory all) => first with
        {
            Values = all,
            Rows = (int)rows,
            Labels = labels,
            SampleWeights = weights,
            Offset = offset,
        };

        float[]? All(Func<Dataset, float[]?> column)
        {
            if (column(blocks[0]) is null)
                return null;
            var (all, next) = (new float[rows], 0);
            foreach (var block in blocks)
            {
                column(block)!.CopyTo(all, next);
                next += block.Rows;
            }

            return all;
        }
    }
}
