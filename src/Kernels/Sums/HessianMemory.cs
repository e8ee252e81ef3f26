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
    private PanelLayout _layout;

    /// <param name="columns">d.</param>
    /// <param name="parameters">p.</param>
    /// <param name="elementFloats">1 for products in float32, 2 for float64.</param>
    internal HessianMemory(int columns, int parameters, int elementFloats)
    {
        _layout = new(columns, parameters, elementFloats);
        _memory = new(_layout.Floats);

        // 0 − (−1): a column of ones.
        if (parameters > columns)
        {
            Start.At(_layout.Centers).SetDouble(columns, -1.0);
            Start.At(_layout.SingleCenters)[columns] = -1f;
        }
    }

    internal ref readonly PanelLayout Layout => ref _layout;

    /// <summary>Rows of the slice so far, 0 to 1023.</summary>
    internal int Rows { get; set; }

    internal Floats Start => _memory.Start;

    internal ReadOnlySpan<double> Centers => Start.At(_layout.Centers).Doubles(_layout.Columns);

    /// <summary>All that a slice has come to so far.</summary>
    internal Span<double> Sums => Start.At(_layout.Sums).Doubles((_layout.Values - _layout.Sums) / 2);

    /// <summary>Elements of a lower triangle.</summary>
    internal static long TriangleOf(int parameters) => parameters * (parameters + 1L) / 2;

    /// <summary>Elements of a node.</summary>
    internal static int NodeLength(int parameters) => checked((int)(parameters + TriangleOf(parameters) + 1));

    /// <summary>Elements of <see cref="Sums"/>.</summary>
    internal static long SumsOf(int columns, int parameters, int elementFloats)
    {
        var layout = new PanelLayout(columns, parameters, elementFloats);
        return (layout.Values - layout.Sums) / 2;
    }

    /// <summary>Sets what is subtracted from the columns, one each; none is 0.</summary>
    internal void SetCenters(ReadOnlySpan<double> centers)
    {
        var (wide, single, areSingle) = (Start.At(_layout.Centers), Start.At(_layout.SingleCenters), true);
        for (var j = 0; j < centers.Length; j++)
        {
            wide.SetDouble(j, centers[j]);
            single[j] = (float)centers[j];
            areSingle &= single[j] == centers[j];
        }

        _layout = _layout with { AreCentersSingle = areSingle };
    }

    /// <summary>Sets w, rounded to the elements.</summary>
    internal void SetWeights(ReadOnlySpan<double> weights)
    {
        var place = Start.At(_layout.Weights);
        for (var j = 0; j < weights.Length; j++)
        {
            if (_layout.ElementFloats == 2)
                place.SetDouble(j, weights[j]);
            else
                place[j] = (float)weights[j];
        }
    }

    /// <summary>Begins another slice; a panel that was not whole is forgotten.</summary>
    internal void Clear()
    {
        if (Rows % Contract.PanelRows != 0)
            Start.At(_layout.Open).Clear(_layout.Values - _layout.Open);
        Rows = 0;
        Start.At(_layout.Sums).Clear(_layout.Open - _layout.Sums);
    }

    internal void CopyFrom(HessianMemory other)
    {
        Rows = other.Rows;
        other.Sums.CopyTo(Sums);
    }

    /// <summary>Writes the sums of the rows so far as a node, and returns loss and weight.</summary>
    internal Totals Finish(Span<double> node)
    {
        var p = _layout.Parameters;
        CopyRow(p, node[..p]);
        var next = p;
        for (var j = 0; j < p; j++)
        {
            CopyRow(j, node.Slice(next, j + 1));
            next += j + 1;
        }

        var sums = Start.At(_layout.Sums);
        node[next] = ScalarLanes.FoldDouble(ScalarLanes.Load(sums.AtDouble(Lane.DoubleCount)));
        return new(
            ScalarLanes.FoldDouble(ScalarLanes.Load(sums)),
            ScalarLanes.FoldDouble(ScalarLanes.Load(sums.AtDouble(2 * Lane.DoubleCount))));
    }

    private void CopyRow(int row, Span<double> to)
    {
        var from = Start.At(_layout.Products + (row * _layout.Width));
        if (_layout.ElementFloats == 2)
            from.Doubles(to.Length).CopyTo(to);
        else if (Rows % Contract.PanelRows == 0)
            Wide.Copy(from.Span(to.Length), to);
        else
            Wide.Copy(from.Span(to.Length), Start.At(_layout.Open + (row * _layout.Width)).Span(to.Length), to);
    }
}
