namespace Kernels.Cli.Data;

/// <summary>Rows of which only what is not 0 is in memory; they are dense in a buffer of the thread that looks at them.</summary>
/// <param name="entries">All rows, one after the other.</param>
/// <param name="rowEnds">The entry after the last of every row.</param>
/// <param name="firstRow">The first row of this block.</param>
internal sealed class SparseRows(SparseRows.Entries entries, int[] rowEnds, int firstRow) : IRows
{
    public ReadOnlySpan<float> Read(int start, int count)
    {
        var rows = entries.Buffer(count);
        for (var i = 0; i < count; i++)
        {
            var row = firstRow + start + i;
            for (var entry = row == 0 ? 0 : rowEnds[row - 1]; entry < rowEnds[row]; entry++)
                rows[(i * entries.Columns) + entries.All[entry].Column] = entries.All[entry].Value;
        }

        return rows;
    }

    /// <summary>What is not 0, and room for rows.</summary>
    internal sealed class Entries((int Column, float Value)[] all, int columns) : IDisposable
    {
        private readonly ThreadLocal<float[]> _buffer = new(() => []);

        internal (int Column, float Value)[] All => all;

        internal int Columns => columns;

        public void Dispose() => _buffer.Dispose();

        /// <summary>Zeros for so many rows; valid until the next call on this thread.</summary>
        internal Span<float> Buffer(int rows)
        {
            var length = checked(rows * columns);
            if (_buffer.Value!.Length < length)
                _buffer.Value = new float[length];
            var room = _buffer.Value.AsSpan(0, length);
            room.Clear();
            return room;
        }
    }
}
