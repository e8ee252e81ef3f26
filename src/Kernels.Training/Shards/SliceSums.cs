using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>Sums of rows that know how to add up and to be written.</summary>
internal interface IMergeable<TSelf>
{
    /// <summary>Adds what the rows that follow have come to.</summary>
    void Merge(TSelf next);

    void Write(BinaryWriter writer);
}

/// <summary>Adds rows to sums.</summary>
internal delegate void AddRows<T>(T sums, in Observations rows, long first);

/// <summary>
/// Sums of slices, put together along the tree that the accumulators have: a node of level k is 2ᵏ slices from a multiple of 2ᵏ on,
/// left + right. So plain float64 sums, too, do not depend on where the rows were cut.
/// </summary>
/// <param name="empty">Sums without rows.</param>
/// <param name="add">How rows of one slice are added.</param>
internal sealed class SliceSums<T>(Func<T> empty, AddRows<T> add) : IRowSums<SliceSums<T>>
    where T : class, IMergeable<T>
{
    private const int SliceRows = GradientAccumulator<Identity>.SliceRows;
    private const int MostNodes = 128;

    private readonly List<Node> _nodes = [];
    private T? _open;

    public void Add(in Observations rows, long first)
    {
        for (var i = 0; i < rows.X.Rows;)
        {
            var (slice, row) = Math.DivRem(first + i, SliceRows);
            var count = (int)Math.Min(rows.X.Rows - i, SliceRows - row);
            add(_open ??= empty(), rows.Slice(i, count), first + i);
            if (row + count == SliceRows)
            {
                Push(new(slice, 0, _open));
                _open = null;
            }

            i += count;
        }
    }

    public void Merge(SliceSums<T> next)
    {
        if (_open is not null && (next._open is not null || next._nodes.Count > 0))
            throw new ArgumentException($"The rows end within a slice; ranges border at multiples of {SliceRows} rows.", nameof(next));
        foreach (var node in next._nodes)
            Push(node);
        _open ??= next._open;
    }

    /// <summary>The sums of all rows, from right to left; the nodes are used up.</summary>
    internal T Total()
    {
        var total = _open;
        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            if (total is not null)
                _nodes[i].Sums.Merge(total);
            total = _nodes[i].Sums;
        }

        _nodes.Clear();
        _open = null;
        return total ?? empty();
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write((byte)_nodes.Count);
        foreach (var node in _nodes)
        {
            writer.Write(node.Slice);
            writer.Write((byte)node.Level);
            node.Sums.Write(writer);
        }

        writer.Write(_open is not null);
        _open?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="read">Reads one of the sums.</param>
    internal SliceSums<T> Read(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.ReadByte();
        if (count > MostNodes)
            throw new InvalidDataException($"An answer has {count} nodes; no range of rows takes more than {MostNodes}.");
        for (var i = 0; i < count; i++)
            Push(new(reader.ReadInt64(), reader.ReadByte(), read(reader)));
        _open = reader.ReadBoolean() ? read(reader) : null;
        return this;
    }

    private void Push(Node node)
    {
        while (_nodes.Count > 0 && _nodes[^1] is var left && left.Level == node.Level && left.Slice % (2L << left.Level) == 0)
        {
            _nodes.RemoveAt(_nodes.Count - 1);
            left.Sums.Merge(node.Sums);
            node = left with { Level = left.Level + 1 };
        }

        _nodes.Add(node);
    }

    private readonly record struct Node(long Slice, int Level, T Sums);
}
