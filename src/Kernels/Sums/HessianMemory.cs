using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>A slice of a float64 pass that is not finished, and the room to work in.</summary>
/// <remarks>A finished slice, and so a node, is a vector: the gradient, the lower triangle of the Hessian row by row, the
/// deviance.</remarks>
internal sealed class HessianMemory
{
    private readonly PinnedFloats _memory;
    private readonly PanelLayout _layout;

    internal HessianMemory(int columns, int parameters)
    {
        _layout = new(columns, parameters);
        _memory = new(checked(2 * _layout.Doubles));

        // 0 − (−1): a column of ones.
        if (parameters > columns)
            Start.AtDouble(_layout.Centers).SetDouble(columns, -1.0);
    }

    internal ref readonly PanelLayout Layout => ref _layout;

    /// <summary>Rows of the slice so far, 0 to 1023.</summary>
    internal int Rows { get; set; }

    internal Floats Start => _memory.Start;

    internal Span<double> Weights => Start.AtDouble(_layout.Weights).Doubles(_layout.Parameters);

    internal Span<double> Centers => Start.AtDouble(_layout.Centers).Doubles(_layout.Columns);

    /// <summary>Elements of a lower triangle.</summary>
    internal static long TriangleOf(int parameters) => parameters * (parameters + 1L) / 2;

    /// <summary>Elements of a node.</summary>
    internal static int NodeLength(int parameters) => checked((int)(parameters + TriangleOf(parameters) + 1));

    /// <summary>Begins another slice.</summary>
    internal void Clear()
    {
        Rows = 0;
        Start.AtDouble(_layout.Sums).Doubles(_layout.Values - _layout.Sums).Clear();
    }

    internal void CopyFrom(HessianMemory other)
    {
        Rows = other.Rows;
        other.Start.AtDouble(_layout.Sums).Doubles(_layout.Values - _layout.Sums)
            .CopyTo(Start.AtDouble(_layout.Sums).Doubles(_layout.Values - _layout.Sums));
    }

    /// <summary>Writes the sums of the rows so far as a node, and returns loss and weight.</summary>
    internal Totals Finish(Span<double> node)
    {
        var (p, c) = (_layout.Parameters, Start.AtDouble(_layout.Products));
        c.AtDouble(p * _layout.Width).Doubles(p).CopyTo(node);
        var next = p;
        for (var j = 0; j < p; j++)
        {
            c.AtDouble(j * _layout.Width).Doubles(j + 1).CopyTo(node[next..]);
            next += j + 1;
        }

        var sums = Start.AtDouble(_layout.Sums);
        node[next] = ScalarLanes.FoldDouble(ScalarLanes.Load(sums.AtDouble(Lane.DoubleCount)));
        return new(
            ScalarLanes.FoldDouble(ScalarLanes.Load(sums)),
            ScalarLanes.FoldDouble(ScalarLanes.Load(sums.AtDouble(2 * Lane.DoubleCount))));
    }
}
