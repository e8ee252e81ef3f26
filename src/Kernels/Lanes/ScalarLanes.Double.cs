using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <content>The same bits as eight float64 lanes.</content>
internal partial struct ScalarLanes
{
    public static ScalarLanes BroadcastDouble(double value)
    {
        ScalarLanes result = default;
        var resultDoubles = result.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            resultDoubles[i] = value;
        return result;
    }

    public static ScalarLanes WidenLower(ScalarLanes a) => Widen(a, 0);

    public static ScalarLanes WidenUpper(ScalarLanes a) => Widen(a, Lane.DoubleCount);

    public static ScalarLanes Narrow(ScalarLanes lower, ScalarLanes upper)
    {
        ScalarLanes result = default;
        var lowerDoubles = lower.Doubles;
        var upperDoubles = upper.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
        {
            result._f[i] = (float)lowerDoubles[i];
            result._f[Lane.DoubleCount + i] = (float)upperDoubles[i];
        }

        return result;
    }

    public static ScalarLanes AddDouble(ScalarLanes a, ScalarLanes b)
    {
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aDoubles[i] += bDoubles[i];
        return a;
    }

    public static ScalarLanes SubtractDouble(ScalarLanes a, ScalarLanes b)
    {
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aDoubles[i] -= bDoubles[i];
        return a;
    }

    public static ScalarLanes MultiplyDouble(ScalarLanes a, ScalarLanes b)
    {
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aDoubles[i] *= bDoubles[i];
        return a;
    }

    public static ScalarLanes DivideDouble(ScalarLanes a, ScalarLanes b)
    {
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aDoubles[i] /= bDoubles[i];
        return a;
    }

    public static ScalarLanes MultiplyAddDouble(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        var cDoubles = c.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            cDoubles[i] = Math.FusedMultiplyAdd(aDoubles[i], bDoubles[i], cDoubles[i]);
        return c;
    }

    public static ScalarLanes NegateMultiplyAddDouble(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        var cDoubles = c.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            cDoubles[i] = Math.FusedMultiplyAdd(-aDoubles[i], bDoubles[i], cDoubles[i]);
        return c;
    }

    public static ScalarLanes LessThanDouble(ScalarLanes a, ScalarLanes b)
    {
        ScalarLanes result = default;
        var aDoubles = a.Doubles;
        var bDoubles = b.Doubles;
        var resultBits = result.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            resultBits[i] = aDoubles[i] < bDoubles[i] ? ulong.MaxValue : 0;
        return result;
    }

    public static double FoldDouble(ScalarLanes a)
    {
        var aDoubles = a.Doubles;
        for (var half = Lane.DoubleCount / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                aDoubles[i] += aDoubles[i + half];
        }

        return a.Doubles[0];
    }

    public static ScalarLanes AddBits(ScalarLanes a, ScalarLanes b)
    {
        var aBits = a.Bits;
        var bBits = b.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] = unchecked(aBits[i] + bBits[i]);
        return a;
    }

    public static ScalarLanes SubtractBits(ScalarLanes a, ScalarLanes b)
    {
        var aBits = a.Bits;
        var bBits = b.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] = unchecked(aBits[i] - bBits[i]);
        return a;
    }

    public static ScalarLanes BitsToExponentDouble(ScalarLanes a)
    {
        var aBits = a.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] <<= 52;
        return a;
    }

    public static ScalarLanes ExponentToBitsDouble(ScalarLanes a)
    {
        var aBits = a.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] >>>= 52;
        return a;
    }

    [UnscopedRef]
    private Span<double> Doubles => MemoryMarshal.Cast<float, double>((Span<float>)_f);

    [UnscopedRef]
    private Span<ulong> Bits => MemoryMarshal.Cast<float, ulong>((Span<float>)_f);

    private static ScalarLanes Widen(ScalarLanes a, int first)
    {
        ScalarLanes result = default;
        var resultDoubles = result.Doubles;
        for (var i = 0; i < Lane.DoubleCount; i++)
            resultDoubles[i] = a._f[first + i];
        return result;
    }
}
