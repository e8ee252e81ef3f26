using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>
/// The loss of a slice in eight float64 lanes; row i of the slice goes to lane i mod 8, in the order of the rows.
/// </summary>
/// <remarks>
/// Σ log(1 + eᵢ) = log Π(1 + eᵢ): one multiplication a row and one logarithm a slice. The product is kept minus
/// one, q ← q + e + q·e, so that it keeps its relative precision when every e is tiny (all rows well classified).
/// A lane sees at most 128 factors in (1, 2]: it cannot overflow.
/// </remarks>
internal struct LossSum<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private TLanes _additive;
    private TLanes _productMinusOne;

    /// <summary>Adds the first <paramref name="count"/> of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add<TLink>(in LossTerms<TLanes> terms, int count)
        where TLink : ILink
    {
        if (count == Lane.Count)
        {
            AddHalf<TLink>(terms.AdditiveLower, terms.LogLower);
            AddHalf<TLink>(terms.AdditiveUpper, terms.LogUpper);
            return;
        }

        var valid = TLanes.FirstDoubles(count);
        AddHalf<TLink>(TLanes.And(terms.AdditiveLower, valid), TLanes.And(terms.LogLower, valid));
        if (count <= Lane.DoubleCount)
            return;
        valid = TLanes.FirstDoubles(count - Lane.DoubleCount);
        AddHalf<TLink>(TLanes.And(terms.AdditiveUpper, valid), TLanes.And(terms.LogUpper, valid));
    }

    /// <summary>The slice's loss: the lanes, each additive + log(1 + q), folded in halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly double Total<TLink>()
        where TLink : ILink =>
        TLanes.FoldDouble(TLink.HasLogPart
            ? TLanes.AddDouble(_additive, Exponential.LogOnePlus(_productMinusOne))
            : _additive);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddHalf<TLink>(TLanes additive, TLanes log)
        where TLink : ILink
    {
        _additive = TLanes.AddDouble(_additive, additive);
        if (TLink.HasLogPart)
            _productMinusOne = TLanes.AddDouble(TLanes.MultiplyAddDouble(_productMinusOne, log, log), _productMinusOne);
    }
}
