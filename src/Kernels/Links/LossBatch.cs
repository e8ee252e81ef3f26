using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>The loss of up to 64 rows in float32, four a lane: Σ a·b, and the complement 1 − Π(1 − s).</summary>
/// <remarks>
/// Four roundings of parts of one sign cost less than the margins' own errors, and gathering them takes three instructions
/// for sixteen rows.
/// </remarks>
internal struct LossBatch<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Floats that <see cref="Store"/> takes.</summary>
    internal const int Size = 2 * Lane.Count;

    internal TLanes Additive;
    internal TLanes Complement;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LossBatch<TLanes> Load(Floats source) => new()
    {
        Additive = TLanes.Load(source),
        Complement = TLanes.Load(source.At(Lane.Count)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Store(Floats destination)
    {
        TLanes.Store(Additive, destination);
        TLanes.Store(Complement, destination.At(Lane.Count));
    }

    /// <summary>Adds a·b − log(1 − s) for sixteen rows; s is in [0, ½].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(TLanes a, TLanes b, TLanes s)
    {
        // A margin of ±∞ on its label's side costs nothing: 0·∞ would be NaN. One that is NaN has an s that is NaN.
        Additive = TLanes.MultiplyAdd(a, TLanes.WhereNotZero(a, b), Additive);

        // 1 − (1 − q)(1 − s) = (q + s) − q·s
        Complement = TLanes.NegateMultiplyAdd(Complement, s, TLanes.Add(Complement, s));
    }
}
