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
internal interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Whether this machine runs this type at all (not whether it is the best choice).</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Whether there are registers for sixteen accumulators and more; for four and some otherwise.</summary>
    static abstract bool ManyRegisters { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

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

    // ---- float32, lane by lane ----------------------------------------------------------------------------

    /// <summary>accumulator = fma(factor, source[offset …], accumulator). In place, load included: the one form that the JIT turns into a
    /// single instruction a vector.</summary>
    static abstract void MultiplyAdd(ref TSelf accumulator, TSelf factor, Floats source, nint offset = 0);

    /// <summary>fma(a, b, c): one rounding.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>fma(−a, b, c): c − a·b with one rounding.</summary>
    static abstract TSelf NegateMultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract TSelf Subtract(TSelf a, TSelf b);

    static abstract TSelf Divide(TSelf a, TSelf b);

    static abstract TSelf And(TSelf a, TSelf b);

    static abstract TSelf Xor(TSelf a, TSelf b);

    /// <summary>Bit by bit: a where the mask is set, b elsewhere.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>The first <paramref name="count"/> lanes of a, the others of b.</summary>
    static abstract TSelf SelectFirst(int count, TSelf a, TSelf b);

    /// <summary>x where a &lt; b (not where one is NaN), y elsewhere.</summary>
    static abstract TSelf SelectLessThan(TSelf a, TSelf b, TSelf x, TSelf y);

    /// <summary>x where t is not ±0, +0 elsewhere: one instruction more than a comparison, and one call to inline.</summary>
    static abstract TSelf WhereNotZero(TSelf t, TSelf x);

    /// <summary>Shifts the bits of each lane left by 23: the low bits become the exponent of a float32.</summary>
    static abstract TSelf BitsToExponent(TSelf a);

    /// <summary>Lane 0.</summary>
    static abstract float First(TSelf a);

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

    // ---- float64, eight lanes -----------------------------------------------------------------------------

    static abstract TSelf BroadcastDouble(double value);

    /// <summary>Lanes 0 to 7, exactly.</summary>
    static abstract TSelf WidenLower(TSelf a);

    /// <summary>Lanes 8 to 15, exactly.</summary>
    static abstract TSelf WidenUpper(TSelf a);

    /// <summary>Rounds two times eight float64 to sixteen float32, to nearest even.</summary>
    static abstract TSelf Narrow(TSelf lower, TSelf upper);

    static abstract TSelf AddDouble(TSelf a, TSelf b);

    static abstract TSelf SubtractDouble(TSelf a, TSelf b);

    static abstract TSelf MultiplyDouble(TSelf a, TSelf b);

    static abstract TSelf DivideDouble(TSelf a, TSelf b);

    static abstract TSelf MultiplyAddDouble(TSelf a, TSelf b, TSelf c);

    static abstract TSelf NegateMultiplyAddDouble(TSelf a, TSelf b, TSelf c);

    /// <summary>All bits of the float64 lane where a &lt; b, none elsewhere.</summary>
    static abstract TSelf LessThanDouble(TSelf a, TSelf b);

    /// <summary>The sum of the eight float64 lanes, folded in halves: 8 to 4 to 2 to 1.</summary>
    static abstract double FoldDouble(TSelf a);

    // ---- the bits of float64 lanes as 64-bit integers -------------------------------------------------------

    /// <summary>Integer addition, modulo 2⁶⁴.</summary>
    static abstract TSelf AddBits(TSelf a, TSelf b);

    /// <summary>Integer subtraction, modulo 2⁶⁴.</summary>
    static abstract TSelf SubtractBits(TSelf a, TSelf b);

    /// <summary>Shifts each 64-bit lane left by 52: the low bits become the exponent of a float64.</summary>
    static abstract TSelf BitsToExponentDouble(TSelf a);

    /// <summary>Shifts each 64-bit lane right by 52, zeros coming in: the sign and the exponent of a float64.</summary>
    static abstract TSelf ExponentToBitsDouble(TSelf a);
}
