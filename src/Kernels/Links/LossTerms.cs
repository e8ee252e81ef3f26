using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>What sixteen rows add to the loss: additive − log(1 − tail), both in float64, rows 0–7 and 8–15.</summary>
internal struct LossTerms<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    internal TLanes AdditiveLower;
    internal TLanes AdditiveUpper;

    /// <summary>s in −log(1 − s), 0 to ½; unused by links without a log part.</summary>
    internal TLanes TailLower;
    internal TLanes TailUpper;
}
