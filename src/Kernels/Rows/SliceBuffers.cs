using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>What the rows of a slice wait in: whole vectors, whole lines.</summary>
internal readonly struct SliceBuffers
{
    /// <summary>Floats of them all, without the loss so far.</summary>
    internal const int Size = (4 * Ring.Rows) + (2 * Lane.Count);

    // A tile of four rows is stored as a vector, also in the last places of the ring.
    private const int RingFloats = Ring.Rows + Lane.Count;

    /// <param name="start">So many floats, from the start of a line.</param>
    /// <param name="state">The loss so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SliceBuffers(Floats start, Floats state)
    {
        Margins = start;
        Residuals = start.At(RingFloats);
        Targets = start.At(2 * RingFloats);
        SampleWeights = start.At((2 * RingFloats) + Ring.Rows);
        State = state;
    }

    /// <summary>The ring of margins.</summary>
    internal Floats Margins { get; }

    /// <summary>The ring of residuals.</summary>
    internal Floats Residuals { get; }

    /// <summary>Targets of the rows of a block, where they are not the caller's.</summary>
    internal Floats Targets { get; }

    /// <summary>Their weights.</summary>
    internal Floats SampleWeights { get; }

    /// <summary>The loss so far (<see cref="LinkBlock{TLanes, TLink}.StateFloats"/>).</summary>
    internal Floats State { get; }
}
