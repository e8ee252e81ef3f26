using Kernels.Training;

namespace Kernels.Cli.Data;

/// <summary>Blocks of a file as an optimiser reads them.</summary>
internal sealed class DatasetBlocks(Datasets data, float[][] targets, bool intercept) : ObservationBlocks
{
    // The first row of every block, and the end.
    private readonly long[] _starts = [.. Starts(data)];

    public override long Rows => data.Rows;

    public override int Columns => data.Columns;

    public override bool HasIntercept => intercept;

    public override Observations Read(long start, int most)
    {
        var found = Array.BinarySearch(_starts, start);
        var block = found >= 0 ? found : ~found - 1;
        var row = (int)(start - _starts[block]);
        return data.Blocks[block].Observations(row, Math.Min(most, data.Blocks[block].Rows - row), intercept, targets[block]);
    }

    private static IEnumerable<long> Starts(Datasets data)
    {
        var start = 0L;
        foreach (var block in data.Blocks)
        {
            yield return start;
            start += block.Rows;
        }

        yield return start;
    }
}
