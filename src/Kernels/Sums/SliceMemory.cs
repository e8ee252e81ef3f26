using Kernels.Lanes;
using Kernels.Loops;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>A slice that is not finished, between two calls: its gradient, the partial sum of its last group, and its loss so
/// far.</summary>
internal sealed class SliceMemory(int parameters)
{
    private readonly PinnedFloats _memory = new((2 * Lane.RoundUp(parameters)) + StateFloats);

    /// <summary>Floats of the loss so far; they have the same order on every width.</summary>
    internal static int StateFloats => LinkBlock<ScalarLanes, Links.Identity>.StateFloats;

    /// <summary>Rows added so far, 0 to 1023.</summary>
    internal int Rows { get; set; }

    /// <summary>How many of them were left out because they contain NaN.</summary>
    internal int Skipped { get; set; }

    internal Floats Start => _memory.Start;

    internal Span<float> Gradient => _memory.Span[..parameters];

    /// <summary>The partial sum of a group that goes on.</summary>
    internal Span<float> Open => _memory.Span.Slice((int)Lane.RoundUp(parameters), parameters);

    internal Span<float> State => _memory.Span[(2 * (int)Lane.RoundUp(parameters))..];

    /// <summary>Whether the last group has fewer rows than it may have.</summary>
    internal bool HasOpenGroup => Rows % Contract.GroupRows != 0;

    internal void CopyFrom(SliceMemory other)
    {
        other._memory.Span.CopyTo(_memory.Span);
        (Rows, Skipped) = (other.Rows, other.Skipped);
    }
}
