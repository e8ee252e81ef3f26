using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The loss of a slice. Row i of the slice belongs to float32 lane i mod 16 and float64 lane i mod 8.</summary>
/// <remarks>
/// <para>A loss is a sum of additive parts and of −log(1 − sᵢ). −Σ log(1 − sᵢ) = −log Π(1 − sᵢ): a multiplication a row
/// and one logarithm a slice. Beside the product its complement q = 1 − Π(1 − sᵢ) is kept, with a relative precision of its own:
/// when every s is tiny (all rows well classified) the product alone would round to 1. A lane sees at most 128 factors
/// in [½, 1]: nothing underflows.</para>
/// <para>What <see cref="LossBatch{TLanes}"/> gathers in float32 joins these float64 sums every 64 rows.</para>
/// </remarks>
internal struct LossSum<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // At most four fields: the JIT keeps no larger struct in registers.
    private TLanes _additive;
    private TLanes _product;
    private TLanes _complement;

    /// <summary>Floats that <see cref="Store"/> takes.</summary>
    internal const int Size = 3 * Lane.Count;

    /// <summary>No rows yet.</summary>
    internal static LossSum<TLanes> Empty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { _product = TLanes.BroadcastDouble(1.0) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LossSum<TLanes> Load(Floats source) => new()
    {
        _additive = TLanes.Load(source),
        _product = TLanes.Load(source.At(Lane.Count)),
        _complement = TLanes.Load(source.At(2 * Lane.Count)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Store(Floats destination)
    {
        TLanes.Store(_additive, destination);
        TLanes.Store(_product, destination.At(Lane.Count));
        TLanes.Store(_complement, destination.At(2 * Lane.Count));
    }

    /// <summary>Adds sixteen rows' losses, in float64: rows 0–7, then rows 8–15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(TLanes lower, TLanes upper) => _additive = TLanes.AddDouble(TLanes.AddDouble(_additive, lower), upper);

    /// <summary>Adds sixteen rows' losses times their weights, and the weights, which take the place of the complement: weighted losses
    /// have no product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddWeighted(TLanes lower, TLanes upper, TLanes lowerWeights, TLanes upperWeights)
    {
        _additive = TLanes.MultiplyAddDouble(upperWeights, upper, TLanes.MultiplyAddDouble(lowerWeights, lower, _additive));
        _complement = TLanes.AddDouble(TLanes.AddDouble(_complement, lowerWeights), upperWeights);
    }

    /// <summary>What <see cref="AddWeighted"/> added of weights, the lanes folded in halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly double TotalWeight() => TLanes.FoldDouble(_complement);

    /// <summary>Adds a batch and empties it; one without rows changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(ref LossBatch<TLanes> batch)
    {
        Add(TLanes.WidenLower(batch.Additive), TLanes.WidenUpper(batch.Additive));
        Multiply(TLanes.WidenLower(batch.Complement));
        Multiply(TLanes.WidenUpper(batch.Complement));
        batch = default;
    }

    /// <summary>The slice's loss: the lanes, each additive − log(product), folded in halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly double Total<TLink>()
        where TLink : ILink =>
        TLanes.FoldDouble(TLink.HasLogPart
            ? TLanes.AddDouble(_additive, Logarithm.Minus(_product, _complement))
            : _additive);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Multiply(TLanes complement)
    {
        _complement = TLanes.MultiplyAddDouble(_product, complement, _complement);
        _product = TLanes.NegateMultiplyAddDouble(_product, complement, _product);
    }
}
