namespace Kernels.Cli.Data;

/// <summary>Blocks of one file as one data set.</summary>
internal static class Concatenation
{
    internal static Dataset Of(IReadOnlyList<Dataset> blocks)
    {
        if (blocks.Count == 1)
            return blocks[0];
        var length = blocks.Sum(block => (long)block.Values.Length);
        if (length > Array.MaxLength)
            throw new DataException(blocks[0].Source, $"{length} values are more than fits in memory as one dense array");
        var (values, done) = (new float[length], 0);
        foreach (var block in blocks)
        {
            block.Values.CopyTo(values.AsMemory(done));
            done += block.Values.Length;
        }

        return blocks[0] with
        {
            Values = values,
            Rows = blocks.Sum(block => block.Rows),
            Labels = All(block => block.Labels),
            SampleWeights = All(block => block.SampleWeights),
            Offset = All(block => block.Offset),
        };

        float[]? All(Func<Dataset, float[]?> column) => column(blocks[0]) is null ? null : [.. blocks.SelectMany(block => column(block)!)];
    }
}
