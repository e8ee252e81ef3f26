using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>A group of rows that begins in one call and ends in another: its partial sum lies in memory meanwhile.</summary>
/// <param name="partial">The partial sum, a float a parameter; null where groups begin and end in the call.</param>
/// <param name="begins">Whether the rows at hand are the group's first.</param>
/// <param name="ends">Whether they are its last, so that the sum goes to the gradient.</param>
internal readonly struct PartialGroup(Floats partial, bool begins, bool ends)
{
    internal Floats Partial { get; } = partial;

    internal bool Begins { get; } = begins;

    internal bool Ends { get; } = ends;

    internal bool IsNone => Partial.IsNull;
}
