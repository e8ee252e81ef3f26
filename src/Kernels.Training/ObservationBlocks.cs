namespace Kernels.Training;

/// <summary>
/// Observations that are not one span: more than 2³¹ − 1 values, a file larger than memory, a store that is read piece by piece. An
/// optimiser asks for rows wherever it likes, and gets the bits that it would get from all of them in one span.
/// </summary>
public abstract class ObservationBlocks
{
    /// <summary>N.</summary>
    public abstract long Rows { get; }

    /// <summary>d, the intercept not counted.</summary>
    public abstract int Columns { get; }

    /// <summary>Whether there is a virtual column of ones.</summary>
    public abstract bool HasIntercept { get; }

    /// <summary>The number of weights: d, and one more with an intercept.</summary>
    public int Parameters => Columns + (HasIntercept ? 1 : 0);

    /// <summary>Consecutive rows. Called from several threads at once where the options ask for threads; in ascending order within a pass
    /// on one.</summary>
    /// <param name="start">The first row, 0 to N − 1.</param>
    /// <param name="most">How many rows at most, 1 or more.</param>
    /// <returns>At least one of them, with <see cref="Columns"/> columns; valid until the next call on this thread. Either all rows have
    /// sample weights or none.</returns>
    /// <remarks>
    /// Weights to be fitted may not lie in memory that this returns; on one thread every piece is checked for that, on several the
    /// first. An exception thrown here comes out of the optimiser as itself.
    /// </remarks>
    public abstract Observations Read(long start, int most);

    /// <summary><see cref="Read"/>, its promise checked.</summary>
    /// <exception cref="InvalidOperationException">No rows came, or more than asked for.</exception>
    /// <exception cref="ArgumentException">They have another shape.</exception>
    internal Observations ReadSome(long start, int most)
    {
        var rows = Read(start, most);
        if (rows.X.Rows < 1 || rows.X.Rows > most)
            throw new InvalidOperationException($"{GetType().Name}.Read({start}, {most}) returned {rows.X.Rows} rows.");
        if (rows.X.Columns != Columns || rows.X.HasIntercept != HasIntercept)
            throw new ArgumentException(
                $"{GetType().Name}.Read({start}, {most}) returned rows of {Shape(rows.X.Columns, rows.X.HasIntercept)}; it says that it "
                    + $"has {Shape(Columns, HasIntercept)}.");
        return rows;
    }

    private static string Shape(int columns, bool intercept) =>
        $"{columns} columns {(intercept ? "and an intercept" : "and no intercept")}";
}
