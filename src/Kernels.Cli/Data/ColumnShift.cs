namespace Kernels.Cli.Data;

/// <summary>
/// What is subtracted from columns in float64 before they are rounded to float32: seconds since 1970 are 128 apart in float32, and exact
/// less a constant. Chosen by the first rows, for columns that lie far from 0.
/// </summary>
internal static class ColumnShift
{
    /// <summary>Rows that are looked at.</summary>
    internal const int SampleRows = 1000;

    // In deviations: nearer to 0, a shift saves no digit that counts.
    private const double Far = 16;

    /// <summary>The mean of each column that is far from 0; null where none is.</summary>
    /// <param name="rows">Row-major.</param>
    /// <param name="columns">How many.</param>
    internal static double[]? Of(IReadOnlyList<double> rows, int columns) =>
        Of(columns, rows.Count / Math.Max(columns, 1), (row, column) => rows[(row * columns) + column]);

    /// <summary>The same of columns, but those of words, in their first rows.</summary>
    internal static double[]? Of(FileColumn[] columns, int rows, Levels?[]? levels) =>
        Of(columns.Length, rows, (row, column) => levels?[column] is null ? columns[column][row] : double.NaN);

    /// <summary>The same of values by row and column.</summary>
    internal static double[]? Of(int columns, int rows, Func<int, int, double> at)
    {
        var shift = new double[columns];
        for (var j = 0; j < columns; j++)
        {
            // Around the first value: the squares of a large mean would cancel.
            var (first, sum, squares, count) = (double.NaN, 0.0, 0.0, 0);
            for (var i = 0; i < rows; i++)
            {
                var value = at(i, j);
                if (!double.IsFinite(value))
                    continue;
                if (count == 0)
                    first = value;
                var d = value - first;
                (sum, squares, count) = (sum + d, squares + (d * d), count + 1);
            }

            var mean = first + (sum / count);
            var deviation = Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count))));
            shift[j] = count > 0 && Math.Abs(mean) > Far * deviation ? mean : 0;
        }

        return Array.Exists(shift, value => value != 0) ? shift : null;
    }
}

/// <summary>A shift that was chosen; its values are null for none.</summary>
internal sealed record ChosenShift(double[]? Values);
