using System.Runtime.Intrinsics;

namespace Kernels.Training.Fits;

/// <summary>
/// A = LLᵀ of a symmetric positive semidefinite matrix in float64, the intercept first and the columns in order: a column that depends on
/// those before it is left out, as R does it.
/// </summary>
/// <remarks>The matrix is scaled to a unit diagonal; a pivot is then the share of a column that the columns before it do not explain.
/// Row by row, each element by one dot product of rows (Golub and Van Loan, Matrix Computations, 4th ed., §4.2.5).</remarks>
internal sealed class Cholesky
{
    private readonly double[][] _rows;
    private readonly double[] _scales;
    private readonly bool[] _isOut;
    private readonly int _order;
    private readonly bool _interceptFirst;

    /// <param name="matrix">Packed.</param>
    /// <param name="order">Its order.</param>
    /// <param name="hasIntercept">Whether the last row is an intercept's, which is taken first.</param>
    /// <param name="thresholds">For each row what its pivot must exceed.</param>
    internal Cholesky(ReadOnlySpan<double> matrix, int order, bool hasIntercept, ReadOnlySpan<double> thresholds)
    {
        (_order, _interceptFirst) = (order, hasIntercept);
        (_rows, _scales, _isOut) = (new double[order][], new double[order], new bool[order]);
        for (var a = 0; a < order; a++)
        {
            var j = IndexOf(a);
            var diagonal = matrix[Packed.At(j, j)];
            (_scales[a], _rows[a]) = (diagonal > 0 ? 1 / Math.Sqrt(diagonal) : 0, new double[a + 1]);
            var row = _rows[a];
            for (var b = 0; b < a; b++)
            {
                if (!_isOut[b])
                    row[b] = ((matrix[Packed.At(j, IndexOf(b))] * _scales[a] * _scales[b]) - Dot(row, _rows[b], b)) / _rows[b][b];
            }

            var pivot = (_scales[a] > 0 ? 1 : 0) - Dot(row, row, a);
            _isOut[a] = !(pivot > thresholds[j]);
            row[a] = _isOut[a] ? 1 : Math.Sqrt(pivot);
            if (_isOut[a])
                row.AsSpan(0, a).Clear();
        }
    }

    /// <summary>Rows that were left out.</summary>
    internal IEnumerable<int> Out => Enumerable.Range(0, _order).Where(a => _isOut[a]).Select(IndexOf).Order();

    /// <summary>Solves Ax = b; 0 in rows that are left out.</summary>
    internal void Solve(ReadOnlySpan<double> b, Span<double> x)
    {
        var y = new double[_order];
        for (var a = 0; a < _order; a++)
            y[a] = _isOut[a] ? 0 : ((b[IndexOf(a)] * _scales[a]) - Dot(_rows[a], y, a)) / _rows[a][a];
        for (var a = _order - 1; a >= 0; a--)
        {
            y[a] = _isOut[a] ? 0 : y[a] / _rows[a][a];
            for (var c = 0; c < a && y[a] != 0; c++)
                y[c] -= _rows[a][c] * y[a];
        }

        for (var a = 0; a < _order; a++)
            x[IndexOf(a)] = y[a] * _scales[a];
    }

    /// <summary>A⁻¹, packed; 0 in rows and columns that are left out.</summary>
    internal double[] Inverse()
    {
        // Rows of (L⁻¹)ᵀ, so that an element of L⁻ᵀL⁻¹ is a dot product of rows.
        var inverse = new double[_order][];
        for (var c = 0; c < _order; c++)
        {
            inverse[c] = new double[_order];
            if (_isOut[c])
                continue;
            inverse[c][c] = 1 / _rows[c][c];
            for (var a = c + 1; a < _order; a++)
                inverse[c][a] = _isOut[a] ? 0 : -Dot(_rows[a].AsSpan(c, a - c), inverse[c].AsSpan(c, a - c)) / _rows[a][a];
        }

        var result = new double[Packed.Length(_order)];
        for (var a = 0; a < _order; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = Dot(inverse[a].AsSpan(a), inverse[b].AsSpan(a));
                result[Packed.At(IndexOf(a), IndexOf(b))] = sum * _scales[a] * _scales[b];
            }
        }

        return result;
    }

    private static double Dot(double[] x, double[] y, int count) => Dot(x.AsSpan(0, count), y.AsSpan(0, count));

    // Four lanes on every machine: the same sums everywhere.
    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (sums, i) = (Vector256<double>.Zero, 0);
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            sums += Vector256.Create(x[i..]) * Vector256.Create(y[i..]);
        var rest = 0.0;
        for (; i < x.Length; i++)
            rest += x[i] * y[i];
        return sums[0] + sums[1] + (sums[2] + sums[3]) + rest;
    }

    private int IndexOf(int a) => !_interceptFirst ? a : a == 0 ? _order - 1 : a - 1;
}
