namespace Kernels.Lanes;

/// <summary>
/// The operations of the links: one IEEE 754 operation a lane each, so that a function of them has the same bits for one value as for
/// sixteen.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IArithmetic<TSelf>
    where TSelf : struct, IArithmetic<TSelf>
{
    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    // ---- float32, lane by lane ----------------------------------------------------------------------------

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

    /// <summary>x where a &lt; b (not where one is NaN), y elsewhere.</summary>
    static abstract TSelf SelectLessThan(TSelf a, TSelf b, TSelf x, TSelf y);

    /// <summary>x where t is not ±0, +0 elsewhere: one instruction more than a comparison, and one call to inline.</summary>
    static abstract TSelf WhereNotZero(TSelf t, TSelf x);

    /// <summary>Shifts the bits of each lane left by 23: the low bits become the exponent of a float32.</summary>
    static abstract TSelf BitsToExponent(TSelf a);

    /// <summary>Lane 0.</summary>
    static abstract float First(TSelf a);

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
