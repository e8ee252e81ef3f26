namespace Kernels.Verification;

/// <summary>A random problem as a few numbers: the same seed has the same values at the same row and column, whatever its shape, so that a
/// smaller case is a part of the larger one.</summary>
public sealed record FuzzCase
{
    /// <summary>Where the values come from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>0 logistic, 1 linear, 2 Poisson.</summary>
    public required int Link { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Floats between rows; they are NaN, so that a stray read shows.</summary>
    public required int Gap { get; init; }

    /// <summary>Floats before the first row, so that it starts anywhere in a vector.</summary>
    public required int Misalignment { get; init; }

    public required bool HasIntercept { get; init; }

    /// <summary>Whether the rows have weights, some of them 0.</summary>
    public required bool HasWeights { get; init; }

    public required bool HasOffset { get; init; }

    public required RowsWithNaN RowsWithNaN { get; init; }

    public required Reduction Reduction { get; init; }

    public required FuzzContent Content { get; init; }

    /// <summary>The case of a seed.</summary>
    public static FuzzCase Of(ulong seed)
    {
        var random = new SplitMix(seed);

        // Mostly what fits a few vectors, where the code has its edges; at times several slices of rows, or four chains of columns.
        var (rows, columns) = random.Between(0, 199) switch
        {
            0 => (random.Between(1000, 2100), random.Between(0, 20)),
            1 => (random.Between(0, 20), random.Between(257, 1200)),
            < 20 => (random.Between(0, 70), random.Between(0, 260)),
            _ => (random.Between(0, 20), random.Between(0, 40)),
        };
        return new FuzzCase
        {
            Seed = seed,
            Link = random.Between(0, 2),
            Rows = rows,
            Columns = columns,
            Gap = random.Between(0, 2) * random.Between(0, 5),
            Misalignment = random.Between(0, 15),
            HasIntercept = random.Between(0, 1) == 1,
            HasWeights = random.Between(0, 2) == 0,
            HasOffset = random.Between(0, 2) == 0,
            RowsWithNaN = random.Between(0, 2) == 0 ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
            Reduction = random.Between(0, 3) == 0 ? Reduction.Mean : Reduction.Sum,
            Content = (FuzzContent)Math.Max(0, random.Between(-2, 2)),
        };
    }

    /// <summary>Simpler cases, the simplest first.</summary>
    public IEnumerable<FuzzCase> Simpler()
    {
        foreach (var rows in Smaller(Rows))
            yield return this with { Rows = rows };
        foreach (var columns in Smaller(Columns))
            yield return this with { Columns = columns };
        if (Content != FuzzContent.Plain)
            yield return this with { Content = FuzzContent.Plain };
        if (HasWeights)
            yield return this with { HasWeights = false };
        if (HasOffset)
            yield return this with { HasOffset = false };
        if (HasIntercept)
            yield return this with { HasIntercept = false };
        if (Gap != 0)
            yield return this with { Gap = 0 };
        if (Misalignment != 0)
            yield return this with { Misalignment = 0 };
        if (RowsWithNaN != RowsWithNaN.Propagate)
            yield return this with { RowsWithNaN = RowsWithNaN.Propagate };
        if (Reduction != Reduction.Sum)
            yield return this with { Reduction = Reduction.Sum };
        if (Link != 1)
            yield return this with { Link = 1 };
    }

    // 0, then ever closer to the number itself.
    private static IEnumerable<int> Smaller(int number)
    {
        for (var step = number; step > 0; step /= 2)
            yield return number - step;
    }
}
