using System.Numerics;

namespace Kernels.Training;

/// <summary>
/// Rows less a constant a column, taken away as they are read: for searches in float32 (<see cref="Lbfgs"/>, <see cref="GradientDescent"/>)
/// of columns that lie many deviations from 0, such as years or seconds since 1970. <see cref="Fitter"/> needs none of it.
/// </summary>
/// <remarks>
/// <para>
/// The margin w·x of such a column is large and cancels against the intercept; in float32 what is left of it has few digits. Scaling the
/// columns and moving the intercept by algebra leaves that as it is: the values themselves must be small. A float32 less a constant of at
/// least half and at most twice its size is exact (Sterbenz's lemma), so what is fitted are the rows as they were.
/// </para>
/// <para>
/// The weights of a search are those of the centred rows; <see cref="Coefficients"/> are those of the rows as they were, in float64, where
/// alone their intercept has its digits. Beside one pass over the same blocks, a pass copies every row once, a MiB at a time.
/// </para>
/// </remarks>
#pragma warning disable CA1001 // A thread's copy goes when this is collected; blocks are not disposed of.
public sealed class CenteredBlocks : ObservationBlocks
#pragma warning restore CA1001
{
    // A MiB, as a pass over blocks reads it.
    private const int PieceFloats = 1 << 18;

    private const int SampleRows = 1000;

    private readonly ObservationBlocks _rows;
    private readonly float[] _centers;
    private readonly int _pieceRows;
    private readonly ThreadLocal<float[]> _copy;

    /// <param name="rows">With an intercept, which takes what the centres take away.</param>
    /// <param name="centers">A constant a column; 0 for columns that stay.</param>
    /// <exception cref="ArgumentException">The rows have no intercept, or there are not as many centres as columns, or one is not
    /// finite.</exception>
    public CenteredBlocks(ObservationBlocks rows, ReadOnlySpan<float> centers)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (!rows.HasIntercept)
            throw new ArgumentException("Rows without an intercept cannot be centred: that would be another model.", nameof(rows));
        if (centers.Length != rows.Columns)
            throw new ArgumentException($"There are {centers.Length} centres for {rows.Columns} columns.", nameof(centers));
        for (var j = 0; j < centers.Length; j++)
        {
            if (!float.IsFinite(centers[j]))
                throw new ArgumentException($"Centre {j} is {centers[j]}.", nameof(centers));
        }

        (_rows, _centers) = (rows, centers.ToArray());
        _pieceRows = Math.Max(1, PieceFloats / Math.Max(1, rows.Columns));
        _copy = new(() => new float[_pieceRows * _rows.Columns]);
    }

    /// <summary>c, a constant a column.</summary>
    public IReadOnlyList<float> Centers => _centers;

    /// <inheritdoc/>
    public override long Rows => _rows.Rows;

    /// <inheritdoc/>
    public override int Columns => _rows.Columns;

    /// <inheritdoc/>
    public override bool HasIntercept => true;

    /// <summary>Centred at the means of the first thousand rows where a column lies more than 16 deviations from 0; other columns
    /// stay.</summary>
    /// <param name="rows">With an intercept.</param>
    /// <exception cref="ArgumentException">They have none.</exception>
    /// <exception cref="InvalidOperationException"><see cref="ObservationBlocks.Read"/> returned no rows, or more than asked
    /// for.</exception>
    public static CenteredBlocks Of(ObservationBlocks rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ColumnMoments? moments = null;
        for (var row = 0L; row < Math.Min(rows.Rows, SampleRows);)
        {
            var some = rows.ReadSome(row, (int)Math.Min(rows.Rows, SampleRows) - (int)row);
            for (var i = 0; i < some.X.Rows; i++)
            {
                if (!ColumnMoments.IsFinite(some.X.Row(i)))
                    continue;
                moments ??= new(rows.Columns, OriginOf(some.X.Row(i)));
                moments.Add(some.X.Row(i), weight: 1);
            }

            row += some.X.Rows;
        }

        moments?.Finish();
        var centers = new float[rows.Columns];
        for (var j = 0; j < centers.Length && moments is not null; j++)
        {
            if (Math.Abs(moments.Means[j]) > ColumnMoments.Far * moments.Deviations[j])
                centers[j] = (float)moments.Means[j];
        }

        return new(rows, centers);
    }

    /// <inheritdoc/>
    public override Observations Read(long start, int most)
    {
        var rows = _rows.ReadSome(start, Math.Min(most, _pieceRows));
        var copy = _copy.Value!;
        for (var i = 0; i < rows.X.Rows; i++)
        {
            var row = rows.X.Row(i);
            var centered = copy.AsSpan(i * Columns, Columns);
            var j = 0;
            for (; j <= centered.Length - Vector<float>.Count; j += Vector<float>.Count)
                (new Vector<float>(row[j..]) - new Vector<float>(_centers, j)).CopyTo(centered[j..]);
            for (; j < centered.Length; j++)
                centered[j] = row[j] - _centers[j];
        }

        return new(new DesignMatrix(copy.AsSpan(0, rows.X.Rows * Columns), rows.X.Rows, Columns, Columns, intercept: true), rows.Targets)
        {
            SampleWeights = rows.SampleWeights,
            Offset = rows.Offset,
            RowsWithNaN = rows.RowsWithNaN,
        };
    }

    /// <summary>The coefficients of the rows as they were: w, and the intercept b − Σ cⱼ·wⱼ.</summary>
    /// <param name="weights">Of the centred rows, the intercept last.</param>
    /// <exception cref="ArgumentException">There are not <see cref="ObservationBlocks.Parameters"/>.</exception>
    public double[] Coefficients(ReadOnlySpan<float> weights)
    {
        CheckLength(weights.Length, nameof(weights));
        var coefficients = new double[weights.Length];
        for (var j = 0; j < weights.Length; j++)
            coefficients[j] = weights[j];
        for (var j = 0; j < Columns; j++)
            coefficients[^1] -= _centers[j] * coefficients[j];
        return coefficients;
    }

    /// <summary>The other way: where a search of the centred rows begins.</summary>
    /// <param name="coefficients">Of the rows as they were, the intercept last.</param>
    /// <exception cref="ArgumentException">There are not <see cref="ObservationBlocks.Parameters"/>.</exception>
    public float[] Weights(ReadOnlySpan<double> coefficients)
    {
        CheckLength(coefficients.Length, nameof(coefficients));
        var intercept = coefficients[^1];
        for (var j = 0; j < Columns; j++)
            intercept += _centers[j] * coefficients[j];
        var weights = new float[coefficients.Length];
        for (var j = 0; j < Columns; j++)
            weights[j] = (float)coefficients[j];
        weights[^1] = (float)intercept;
        return weights;
    }

    private static double[] OriginOf(ReadOnlySpan<float> row)
    {
        var origin = new double[row.Length];
        for (var j = 0; j < row.Length; j++)
            origin[j] = row[j];
        return origin;
    }

    private void CheckLength(int length, string parameter)
    {
        if (length != Parameters)
            throw new ArgumentException($"There are {length} for {Columns} columns and an intercept.", parameter);
    }
}
