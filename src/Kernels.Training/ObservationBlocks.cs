namespace Kernels.Training;

/// <summary>
/// Observations that are not one span: more than 2³¹ − 1 values, a file larger than memory, a store that is read piece by piece. An optimiser asks for
/// rows wherever it likes, and gets the bits that it would get from all of them in one span.
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

    /// <summary>Consecutive rows. Called from several threads at once where the options ask for threads; in ascending order within a pass on one.</summary>
    /// <param name="start">The first row, 0 to N − 1.</param>
    /// <param name="most">How many rows at most, 1 or more.</param>
    /// <returns>At least one of them, with <see cref="Columns"/> columns; valid until the next call on this thread. Either all rows have sample weights or none.</returns>
    public abstract Observations Read(long start, int most);
}
