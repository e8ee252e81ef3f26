using System.Numerics;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Passes;

/// <summary>How far a computed gradient and Hessian may be from the exact ones: forward error analysis, in double, of the order of
/// operations in ARITHMETIC.md, 12 and 13.</summary>
internal readonly ref struct HessianBound<TLink>
    where TLink : struct, ILink
{
    // The bound is itself computed in double; this is far more than its own rounding errors.
    private const double Safety = 1 + 1e-6;

    private readonly Observations _data;
    private readonly ReadOnlySpan<double> _weights;
    private readonly ReadOnlySpan<double> _centers;
    private readonly double _unit;
    private readonly double _underflow;
    private readonly double _margin;
    private readonly double _sum;

    /// <param name="data">The rows.</param>
    /// <param name="weights">w, as the pass has it.</param>
    /// <param name="centers">Empty for none.</param>
    /// <param name="elementFloats">1 for products in float32, 2 for float64.</param>
    internal HessianBound(in Observations data, ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, int elementFloats)
    {
        _data = data;
        _weights = weights;
        _centers = centers;
        var (p, rows) = (weights.Length, Math.Min(data.X.Rows, Contract.SliceRows));
        var levels = BitOperations.Log2((uint)Math.Max(1, data.X.Rows / Contract.SliceRows)) + 1;
        if (elementFloats == 2)
        {
            // A lane of the margin and its fold, v and the offset; a chain of the slice, D·v, D, and twice v; the tree.
            (_unit, _underflow) = (Rounding.DoubleUnit, double.Epsilon);
            _margin = Rounding.Gamma(((p + 7) / 8) + 5, _unit);
            _sum = Rounding.Gamma(rows + 4 + levels, _unit);
        }
        else
        {
            // The same of float32, the offset in float64; a chain of the panel, the panels of the slice and the one that is open.
            (_unit, _underflow) = (Rounding.Unit, Rounding.Underflow);
            var panels = ((rows + Contract.PanelRows - 1) / Contract.PanelRows) + 1;
            _margin = Rounding.Gamma(((p + 15) / 16) + 5, _unit) + Rounding.Gamma(2, Rounding.DoubleUnit);
            _sum = Rounding.Gamma(Math.Min(rows, Contract.PanelRows) + panels + 4, _unit) + Rounding.Gamma(4 + levels, Rounding.DoubleUnit);
        }
    }

    internal void Compute(Span<double> gradient, Span<double> hessian)
    {
        gradient.Clear();
        hessian.Clear();
        var v = new double[_weights.Length];
        for (var i = 0; i < _data.X.Rows; i++)
        {
            var weight = _data.SampleWeights.IsEmpty ? 1.0 : _data.SampleWeights[i];
            var offset = _data.Offset.IsEmpty ? 0.0 : _data.Offset[i];
            if (weight == 0)
                continue;
            var (z, size) = Margin(i, offset, v);
            if (_data.RowsWithNaN == RowsWithNaN.Skip && (ContainsNaN(v) || double.IsNaN(offset + weight + _data.Targets[i])))
                continue;
            var row = TLink.BoundInDouble(z, _data.Targets[i], (_margin * size) + (v.Length * _underflow));
            Add(v, Math.Abs(weight), row, gradient, hessian);
        }

        foreach (ref var bound in gradient)
            bound *= Safety;
        foreach (ref var bound in hessian)
            bound *= Safety;
    }

    // The exact margin, and what its terms' magnitudes add up to; v becomes the centred row.
    private (double Margin, double Size) Margin(int row, double offset, Span<double> v)
    {
        var x = _data.X.Row(row);
        var (z, size) = (offset, Math.Abs(offset));
        for (var j = 0; j < v.Length; j++)
        {
            v[j] = j == x.Length ? 1 : _centers.IsEmpty ? x[j] : x[j] - _centers[j];
            z += v[j] * _weights[j];
            size += Math.Abs(v[j] * _weights[j]);
        }

        return (z, size);
    }

    // A sum of products (a + ε)·v·v that are rounded: γ of each term, and ε itself.
    private void Add(ReadOnlySpan<double> v, double weight, RowBound row, Span<double> gradient, Span<double> hessian)
    {
        var d = weight * ((_sum * (row.Derivative + row.DerivativeError)) + row.DerivativeError);
        var r = weight * ((_sum * (Math.Abs(row.Residual) + row.ResidualError)) + row.ResidualError);
        for (int j = 0, at = 0; j < v.Length; j++)
        {
            var a = Math.Abs(v[j]);
            gradient[j] += (r * a) + (_underflow * (1 + a));
            for (var k = 0; k <= j; k++, at++)
            {
                var b = Math.Abs(v[k]);
                hessian[at] += (d * a * b) + (_underflow * (1 + a + b + (a * b)));
            }
        }
    }

    private static bool ContainsNaN(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
                return true;
        }

        return false;
    }
}
