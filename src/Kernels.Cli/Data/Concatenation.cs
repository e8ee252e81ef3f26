namespace Kernels.Cli.Data;

/// <summary>Blocks of one file as one data set.</summary>
internal static class Concatenation
{
    internal static Dataset Of(IReadOnlyList<Dataset> blocks, ReadOptions options)
    {
        if (blocks is [{ Values: RowsInMemory }])
            return blocks[0];
        var (stride, done) = (blocks[0].Stride, 0);
        options.CheckSize(blocks[0].Source, blocks.Sum(block => (long)block.Rows), stride);
        var values = new float[blocks.Sum(block => (long)block.Rows) * stride];
        foreach (var block in blocks)
        {
            block.Values.Read(0, block.Rows).CopyTo(values.AsSpan(done));
            done += block.Rows * stride;
        }

        return blocks[0] with
        {
            Values = new RowsInMemory(values, stride),
            Rows = blocks.Sum(block => block.Rows),
            Labels = All(block => block.Labels),
            SampleWeights = All(block => block.SampleWeights),
            Offset = All(block => block.Offset),
        };

        float[]? All(Func<Dataset, float[]?> column) => column(blocks[0]) is null ? null : [.. blocks.SelectMany(block => column(block)!)];
    }
}
