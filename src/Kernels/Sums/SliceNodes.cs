using System.Runtime.InteropServices;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>
/// The sums of the finished slices of some range of rows: the nodes of the tree that cover it, from left to right. A range that starts at
/// slice 0 has one of each level at most (<see cref="SliceTree{TLanes}"/> keeps the same ones); another has up to two.
/// </summary>
internal sealed class SliceNodes(int parameters)
{
    private readonly List<Node> _nodes = [];
    private readonly Stack<double[]> _free = [];

    internal ReadOnlySpan<Node> Nodes => CollectionsMarshal.AsSpan(_nodes);

    internal void Clear()
    {
        foreach (var node in _nodes)
            _free.Push(node.Gradient);
        _nodes.Clear();
    }

    /// <summary>Adds the next slice.</summary>
    internal void Add(long slice, Totals sums, ReadOnlySpan<float> gradient)
    {
        var values = Rent();
        for (var j = 0; j < values.Length; j++)
            values[j] = gradient[j];
        Push(new(slice, 0, sums, values));
    }

    /// <summary>Adds the next slice, whose sums are float64, in memory of <see cref="Rent"/>.</summary>
    internal void Add(long slice, Totals sums, double[] values) => Push(new(slice, 0, sums, values));

    /// <summary>Memory for the sums of a slice, not cleared.</summary>
    internal double[] Rent() => _free.TryPop(out var values) ? values : GC.AllocateUninitializedArray<double>(parameters);

    /// <summary>Adds a copy of a node that starts where the last one ends.</summary>
    internal void Add(in Node node)
    {
        var values = Rent();
        node.Gradient.CopyTo(values, 0);
        Place(node with { Gradient = values });
    }

    /// <summary>Adds a node that starts where the last one ends, in memory of <see cref="Rent"/>.</summary>
    internal void Place(in Node node) => Push(node);

    /// <summary>The nodes that cover a range of slices, with sums to be filled in.</summary>
    internal static IEnumerable<(long Slice, int Level)> Cover(long first, long end)
    {
        while (first < end)
        {
            var level = first == 0 ? 62 : (int)long.TrailingZeroCount(first);
            while (1L << level > end - first)
                level--;
            yield return (first, level);
            first += 1L << level;
        }
    }

    /// <summary>The sums of all nodes, their gradient to <paramref name="total"/>: from right to left, as the tree adds its last,
    /// incomplete nodes.</summary>
    internal Totals Total(double[] total)
    {
        if (_nodes.Count == 0)
        {
            Array.Clear(total);
            return default;
        }

        _nodes[^1].Gradient.CopyTo(total, 0);
        return AddTo(total, _nodes[^1].Sums, _nodes.Count - 1);
    }

    /// <summary>The same with an unfinished slice after the last node.</summary>
    internal Totals Total(SliceMemory slice, Totals sums, double[] total)
    {
        for (var j = 0; j < total.Length; j++)
            total[j] = slice.HasOpenGroup ? slice.Gradient[j] + slice.Open[j] : slice.Gradient[j];
        return AddTo(total, sums, _nodes.Count);
    }

    /// <summary>Adds all nodes to an unfinished slice after the last of them, from right to left.</summary>
    internal Totals AddTo(double[] total, Totals sums) => AddTo(total, sums, _nodes.Count);

    private Totals AddTo(double[] total, Totals sums, int nodes)
    {
        for (var i = nodes - 1; i >= 0; i--)
        {
            sums = _nodes[i].Sums + sums;
            Wide.Add(_nodes[i].Gradient, total);
        }

        return sums;
    }

    // Two neighbours that are the halves of a node become that node: left + right.
    private void Push(Node node)
    {
        while (_nodes.Count > 0 && _nodes[^1] is var left && left.Level == node.Level && left.Slice % (2L << left.Level) == 0)
        {
            _nodes.RemoveAt(_nodes.Count - 1);
            Wide.Add(left.Gradient, node.Gradient);
            _free.Push(left.Gradient);
            node = left with { Level = left.Level + 1, Sums = left.Sums + node.Sums, Gradient = node.Gradient };
        }

        _nodes.Add(node);
    }

    /// <summary>The sum of 2^Level slices from slice Slice on, a multiple of 2^Level.</summary>
    internal readonly record struct Node(long Slice, int Level, Totals Sums, double[] Gradient);
}
