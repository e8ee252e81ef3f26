using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>A line of a table of plans: the first line that admits a shape says how its rows are visited.</summary>
/// <param name="Question">What is asked.</param>
/// <param name="Level">Where X comes from.</param>
/// <param name="Columns">The most columns.</param>
/// <param name="When">What else is asked of the shape.</param>
/// <param name="Plan">The plan, its rows of a block at most.</param>
/// <param name="BlockFloats">So many floats are a block, in whole vectors of rows; 0 where the plan has its own number of rows.</param>
internal readonly record struct PlanRow(Question Question, Level Level, int Columns, When When, RowPlan Plan, int BlockFloats = 0)
{
    /// <summary>The plan for rows of so many columns.</summary>
    internal RowPlan For(int columns) => BlockFloats == 0 ? Plan : Plan.WithBlockRows(Rows(columns));

    /// <summary>The plan for so many rows; those that are one block all the same cost no division.</summary>
    internal RowPlan For(int rows, int columns) => (long)rows * columns <= BlockFloats ? Plan : For(columns);

    private int Rows(int columns) =>
        Math.Clamp(
            BlockFloats / Math.Max(columns, 1) / Contract.Lanes * Contract.Lanes, Contract.Lanes, Math.Min(Plan.BlockRows, Ring.Rows));
}

/// <summary>What a line of a table asks of a shape beside its columns.</summary>
internal enum When
{
    /// <summary>Nothing.</summary>
    Always,

    /// <summary>Columns in whole vectors.</summary>
    WholeVectors,

    /// <summary>Rows a multiple of sixteen floats apart, which share their sets of L1.</summary>
    SameSets,

    /// <summary>Rows that start at the same place in half a line.</summary>
    Alike,

    /// <summary>
    /// Rows that all start in the middle of a line: their vectors are halves of two lines, which costs short rows less than one vector
    /// more does.
    /// </summary>
    MidLine,

    /// <summary>Rows that start alike, and lined up take no vector more.</summary>
    FreeLine,

    /// <summary>Columns in whole lines of four vectors.</summary>
    FourVectors,
}
