using Kernels.Lanes;

namespace Kernels.Passes;

/// <summary>Rows in memory that stays pinned for as long as this is used: a view that several threads may have.</summary>
internal sealed class PinnedRows(in Observations data, Floats x, Floats targets, Floats sampleWeights, Floats offset)
{
    private readonly (int Columns, int Stride, bool Intercept) _shape = (data.X.Columns, data.X.Stride, data.X.HasIntercept);
    private readonly RowsWithNaN _rowsWithNaN = data.RowsWithNaN;

    /// <summary>Some of them, whose numbers have been checked.</summary>
    internal Observations Slice(int start, int rows)
    {
        var (columns, stride, intercept) = _shape;
        var floats = columns == 0 || rows == 0 ? 0 : ((nint)(rows - 1) * stride) + columns;
        var matrix = new DesignMatrix(x.At((nint)start * stride).Span(floats), rows, columns, stride, intercept);
        return new(matrix, targets.At(start).Span(rows))
        {
            SampleWeights = sampleWeights.IsNull ? default : sampleWeights.At(start).Span(rows),
            Offset = offset.IsNull ? default : offset.At(start).Span(rows),
            RowsWithNaN = _rowsWithNaN,
        };
    }
}
