using Kernels.Orleans;
using Kernels.Training;

namespace Kernels.Bench.Cluster;

/// <summary>Rows with labels by a logistic model, in memory.</summary>
internal sealed class RandomRows : ObservationBlocks
{
    private const int SliceRows = 1024;
    private readonly float[][] _blocks;
    private readonly float[] _targets;
    private readonly int _blockRows;

    internal RandomRows(int rows, int columns)
    {
        // An array holds less than 2³¹ values.
        (Rows, Columns, _targets, _blockRows) = (rows, columns, new float[rows], Math.Max(1, (1 << 28) / columns / SliceRows) * SliceRows);
        _blocks = new float[(rows + _blockRows - 1) / _blockRows][];
        for (var i = 0; i < _blocks.Length; i++)
            _blocks[i] = new float[Math.Min(_blockRows, rows - (i * _blockRows)) * columns];
        var random = new Random(1);
        for (var i = 0; i < rows; i++)
        {
            var row = _blocks[i / _blockRows].AsSpan(i % _blockRows * columns, columns);
            var z = 0.0;
            for (var j = 0; j < columns; j++)
            {
                row[j] = (random.NextSingle() * 2) - 1;
                z += row[j] * 0.2 * ((j % 5) - 2) / Math.Sqrt(columns);
            }

            _targets[i] = random.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
        }
    }

    public override long Rows { get; }

    public override int Columns { get; }

    public override bool HasIntercept => true;

    public override Observations Read(long start, int most)
    {
        var (block, first) = ((int)(start / _blockRows), (int)(start % _blockRows));
        var rows = (int)Math.Min(Math.Min(most, _blockRows - first), Rows - start);
        var values = _blocks[block].AsSpan(first * Columns, rows * Columns);
        return new(new DesignMatrix(values, rows, Columns, Columns, intercept: true), _targets.AsSpan((int)start, rows));
    }

    internal void Write(string manifest, int parts)
    {
        var slices = (Rows + SliceRows - 1) / SliceRows;
        var features = Enumerable.Range(0, Columns).Select(j => $"x{j}").ToArray();
        ShardWriter.Write(this, manifest, new() { Features = features, Parts = [] }, (int)((slices + parts - 1) / parts * SliceRows));
    }
}
