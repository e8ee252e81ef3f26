using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>
/// The loss of a slice in eight float64 lanes; row i of the slice goes to lane i mod 8, in the order of the rows.
/// </summary>
/// <remarks>
/// −Σ log(1 − sᵢ) = −log Π(1 − sᵢ): one multiplication a row and one logarithm a slice. Beside the product its
/// complement 1 − Π(1 − sᵢ) is kept, with a relative precision of its own: when every s is tiny (all rows well
/// classified) the product alone would round to 1. A lane sees at most 128 factors in [½, 1]: nothing underflows.
/// </remarks>
internal struct LossSum<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private TLanes _additive;
    private TLanes _product;
    private TLanes _complement;

    /// <summary>No rows yet.</summary>
    internal static LossSum<TLanes> Empty => new() { _product = TLanes.BroadcastDouble(1.0) };

    /// <summary>Adds the first <paramref name="count"/> of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add<TLink>(in LossTerms<TLanes> terms, int count)
        where TLink : ILink
    {
        if (count == Lane.Count)
        {
            AddHalf<TLink>(terms.AdditiveLower, terms.TailLower);
            AddHalf<TLink>(terms.AdditiveUpper, terms.TailUpper);
            return;
        }

        var valid = TLanes.FirstDoubles(count);
        AddHalf<TLink>(TLanes.And(terms.AdditiveLower, valid), TLanes.And(terms.TailLower, valid));
        if (count <= Lane.DoubleCount)
            return;
        valid = TLanes.FirstDoubles(count - Lane.DoubleCount);
        AddHalf<TLink>(TLanes.And(terms.AdditiveUpper, valid), TLanes.And(terms.TailUpper, valid));
    }

    /// <summary>The slice's loss: the lanes, each additive − log(product), folded in halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly double Total<TLink>()
        where TLink : ILink =>
        TLanes.FoldDouble(TLink.HasLogPart
            ? TLanes.AddDouble(_additive, Logarithm.Minus(_product, _complement))
            : _additive);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddHalf<TLink>(TLanes additive, TLanes tail)
        where TLink : ILink
    {
        _additive = TLanes.AddDouble(_additive, additive);
        if (TLink.HasLogPart)
        {
            _complement = TLanes.MultiplyAddDouble(_product, tail, _complement);
            _product = TLanes.NegateMultiplyAddDouble(_product, tail, _product);
        }
    }
}
