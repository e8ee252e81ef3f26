using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>A group of rows that begins in one call and ends in another: its partial sum lies in memory meanwhile. The default: groups
/// that do not.</summary>
/// <param name="partial">The partial sum, a float a parameter.</param>
/// <param name="place">The first of the rows at hand in its group: 0 to 3.</param>
/// <param name="rows">How many of the group's rows are at hand.</param>
internal readonly struct PartialGroup(Floats partial, int place, int rows)
{
    private readonly int _place = place;
    private readonly int _rows = rows;

    internal Floats Partial { get; } = partial;

    /// <summary>Whether the rows at hand are the group's first.</summary>
    internal bool Begins => _place == 0;

    /// <summary>Whether they are its last, so that the sum goes to the gradient.</summary>
    internal bool Ends => IsNone || _place + _rows == Contract.GroupRows;

    internal bool IsNone => Partial.IsNull;
}
