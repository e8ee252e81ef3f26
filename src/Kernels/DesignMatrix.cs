
namespace Kernels;

/// <summary>
/// A read-only view of N × d row-major float32 values: N rows (observations) of d columns (features), with at least
/// d floats from one row to the next. With <see cref="HasIntercept"/> there is a last, virtual column of ones: the
/// bias is absorbed into the weights and X is not copied.
/// </summary>
/// <remarks>
/// The view copies nothing and owns nothing. Its shape is checked once, here, in 64-bit arithmetic. A default value
/// has no rows and no columns; both are valid.
/// </remarks>
public readonly ref struct DesignMatrix
{
    /// <summary>Rows without gaps; their number follows from the length.</summary>
    /// <param name="values">Row-major values; the length is a multiple of <paramref name="columns"/>.</param>
    /// <param name="columns">d, 0 or more; 0 only for an empty span.</param>
    /// <param name="intercept">Whether to add a virtual last column of ones.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="columns"/> is negative, or too large for an intercept.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="values"/> is no multiple of
    /// <paramref name="columns"/>.</exception>
    public DesignMatrix(ReadOnlySpan<float> values, int columns, bool intercept = false)
    {
        Guard.Columns(columns, intercept);
        if (columns == 0 ? values.Length != 0 : values.Length % columns != 0)
            throw new ArgumentException(
                $"The length of values is {values.Length}, which is no multiple of columns, {columns}.", nameof(values));
        Values = values;
        Rows = columns == 0 ? 0 : values.Length / columns;
        Columns = columns;
        Stride = columns;
        HasIntercept = intercept;
    }

    /// <summary>Rows <paramref name="stride"/> floats apart.</summary>
    /// <param name="values">Row-major values, at least (rows − 1)·stride + columns of them.</param>
    /// <param name="rows">N, 0 or more.</param>
    /// <param name="columns">d, 0 or more.</param>
    /// <param name="stride">Floats from the start of a row to the start of the next; at least <paramref name="columns"/>.</param>
    /// <param name="intercept">Whether to add a virtual last column of ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, <paramref name="stride"/> is below <paramref name="columns"/>,
    /// or <paramref name="columns"/> is too large for an intercept.</exception>
    /// <exception cref="ArgumentException"><paramref name="values"/> is too short.</exception>
    public DesignMatrix(ReadOnlySpan<float> values, int rows, int columns, int stride, bool intercept = false)
    {
        Guard.Columns(columns, intercept);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (stride < columns)
            throw new ArgumentOutOfRangeException(
                nameof(stride), stride, $"The stride is {stride}, less than the {columns} columns of a row.");
        var needed = rows == 0 || columns == 0 ? 0 : ((rows - 1L) * stride) + columns;
        if (values.Length < needed)
            throw new ArgumentException(
                $"The length of values is {values.Length}; {rows} rows of {columns} columns with stride {stride} take {needed}.",
                nameof(values));
        Values = values;
        Rows = rows;
        Columns = columns;
        Stride = stride;
        HasIntercept = intercept;
    }

    /// <summary>N, the number of rows.</summary>
    public int Rows { get; }

    /// <summary>d, the number of stored columns; the intercept's is not counted.</summary>
    public int Columns { get; }

    /// <summary>Floats from the start of a row to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>Whether there is a virtual last column of ones.</summary>
    public bool HasIntercept { get; }

    /// <summary>The number of weights of a model of this matrix: d, and one more with an intercept (the last).</summary>
    public int Parameters => Columns + (HasIntercept ? 1 : 0);

    /// <summary>The underlying span.</summary>
    internal ReadOnlySpan<float> Values { get; }

    /// <summary>The same values with the virtual column of ones.</summary>
    /// <returns>A view with <see cref="Columns"/> + 1 parameters.</returns>
    public DesignMatrix WithIntercept() => new(Values, Rows, Columns, Stride, intercept: true);

    /// <summary>Consecutive rows.</summary>
    /// <param name="start">The first row, 0 to N.</param>
    /// <param name="rows">How many rows, 0 to N − start.</param>
    /// <returns>A view of those rows, the intercept as here.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not all in the matrix.</exception>
    public DesignMatrix Slice(int start, int rows)
    {
        if ((uint)start > (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"The first row is {start}; the matrix has {Rows} rows.");
        if ((uint)rows > (uint)(Rows - start))
            throw new ArgumentOutOfRangeException(nameof(rows), rows, $"{rows} rows from row {start} on; the matrix has {Rows} rows.");
        return rows == 0 || Columns == 0
            ? new(default, rows, Columns, Stride, HasIntercept)
            : new(Values[(start * Stride)..], rows, Columns, Stride, HasIntercept);
    }

    /// <summary>The stored values of one row, d floats.</summary>
    /// <param name="index">0 to N − 1.</param>
    /// <returns>A view of the row, without the intercept's one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<float> Row(int index)
    {
        if ((uint)index >= (uint)Rows)
            Guard.ThrowRow(index, Rows);
        return Columns == 0 ? default : Values.Slice(index * Stride, Columns);
    }
}
