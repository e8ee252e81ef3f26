using System.Runtime.CompilerServices;

namespace Kernels.Lanes;

/// <summary>
/// Sixteen float32 lanes: the seam between the algorithm, written once, and the machine. Every width has the same
/// sixteen lanes and every member below is one IEEE 754 operation a lane (or a rearrangement), so every width
/// gives the same bits.
/// </summary>
/// <remarks>
/// The 512 bits are also seen as eight float64 lanes (the members that end in <c>Double</c>): the link functions
/// are evaluated in double precision, eight rows at a time, and the slices are summed in it.
/// Memory members read or write exactly the floats they name, nothing beyond.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface ILanes<TSelf> : IArithmetic<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Whether this machine runs this type at all (not whether it is the best choice).</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Whether there are registers for sixteen accumulators and more; for four and some otherwise.</summary>
    static abstract bool ManyRegisters { get; }

    // ---- memory -------------------------------------------------------------------------------------------

    static abstract TSelf Load(Floats source);

    /// <summary>Each of four floats in all lanes of a vector of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void BroadcastFour(Floats source, out TSelf a, out TSelf b, out TSelf c, out TSelf d)
    {
        a = TSelf.Broadcast(source[0]);
        b = TSelf.Broadcast(source[1]);
        c = TSelf.Broadcast(source[2]);
        d = TSelf.Broadcast(source[3]);
    }

    /// <summary>Loads the first <paramref name="count"/> (0 to 16) floats; the other lanes are +0 and their memory is not
    /// touched.</summary>
    static abstract TSelf LoadFirst(Floats source, int count);

    static abstract void Store(TSelf value, Floats destination);

    static abstract void StoreFirst(TSelf value, Floats destination, int count);

    /// <summary>accumulator = fma(factor, source[offset …], accumulator). In place, load included: the one form that the JIT turns into a
    /// single instruction a vector.</summary>
    static abstract void MultiplyAdd(ref TSelf accumulator, TSelf factor, Floats source, nint offset = 0);

    /// <summary>The first <paramref name="count"/> lanes of a, the others of b.</summary>
    static abstract TSelf SelectFirst(int count, TSelf a, TSelf b);

    // ---- folds: u[l] = a[l] + a[l + half], 16 to 8 to 4 to 2 to 1, for one row or for several side by side ---

    /// <summary>The sum of the sixteen lanes, folded in halves.</summary>
    static abstract float Fold(TSelf a);

    /// <summary>Folds four rows to four lanes each. In which lanes they lie is the width's own affair, until
    /// <see cref="Fold16"/>.</summary>
    static abstract TSelf Fold4(TSelf a, TSelf b, TSelf c, TSelf d);

    /// <summary>Folds two results of <see cref="Fold4"/> to two lanes a row.</summary>
    static abstract TSelf Fold8(TSelf abcd, TSelf efgh);

    /// <summary>Folds two results of <see cref="Fold8"/> to one lane a row, in the order of the rows: the first eight, the second
    /// eight.</summary>
    static abstract TSelf Fold16(TSelf first, TSelf second);

    /// <summary>The sum of the eight float64 lanes, folded in halves: 8 to 4 to 2 to 1.</summary>
    static abstract double FoldDouble(TSelf a);
}
