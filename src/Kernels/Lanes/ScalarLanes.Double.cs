using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Kernels.Lanes;

/// <content>The same bits as eight float64 lanes.</content>
internal partial struct ScalarLanes
{
    public static ScalarLanes BroadcastDouble(double value)
    {
        ScalarLanes result = default;
        for (var i = 0; i < Lane.DoubleCount; i++)
            result.Doubles[i] = value;
        return result;
    }

    public static ScalarLanes WidenLower(ScalarLanes a) => Widen(a, 0);

    public static ScalarLanes WidenUpper(ScalarLanes a) => Widen(a, Lane.DoubleCount);

    public static ScalarLanes Narrow(ScalarLanes lower, ScalarLanes upper)
    {
        ScalarLanes result = default;
        for (var i = 0; i < Lane.DoubleCount; i++)
        {
            result._f[i] = (float)lower.Doubles[i];
            result._f[Lane.DoubleCount + i] = (float)upper.Doubles[i];
        }

        return result;
    }

    public static ScalarLanes AddDouble(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Doubles[i] += b.Doubles[i];
        return a;
    }

    public static ScalarLanes SubtractDouble(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Doubles[i] -= b.Doubles[i];
        return a;
    }

    public static ScalarLanes MultiplyDouble(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Doubles[i] *= b.Doubles[i];
        return a;
    }

    public static ScalarLanes DivideDouble(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Doubles[i] /= b.Doubles[i];
        return a;
    }

    public static ScalarLanes MultiplyAddDouble(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            c.Doubles[i] = Math.FusedMultiplyAdd(a.Doubles[i], b.Doubles[i], c.Doubles[i]);
        return c;
    }

    public static ScalarLanes NegateMultiplyAddDouble(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            c.Doubles[i] = Math.FusedMultiplyAdd(-a.Doubles[i], b.Doubles[i], c.Doubles[i]);
        return c;
    }

    public static ScalarLanes LessThanDouble(ScalarLanes a, ScalarLanes b)
    {
        ScalarLanes result = default;
        for (var i = 0; i < Lane.DoubleCount; i++)
            result.Bits[i] = a.Doubles[i] < b.Doubles[i] ? ulong.MaxValue : 0;
        return result;
    }

    public static ScalarLanes FirstDoubles(int count)
    {
        ScalarLanes result = default;
        for (var i = 0; i < Math.Min(count, Lane.DoubleCount); i++)
            result.Bits[i] = ulong.MaxValue;
        return result;
    }

    public static double FoldDouble(ScalarLanes a)
    {
        for (var half = Lane.DoubleCount / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                a.Doubles[i] += a.Doubles[i + half];
        }

        return a.Doubles[0];
    }

    public static ScalarLanes AddBits(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Bits[i] = unchecked(a.Bits[i] + b.Bits[i]);
        return a;
    }

    public static ScalarLanes SubtractBits(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Bits[i] = unchecked(a.Bits[i] - b.Bits[i]);
        return a;
    }

    public static ScalarLanes BitsToExponentDouble(ScalarLanes a)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Bits[i] <<= 52;
        return a;
    }

    public static ScalarLanes ExponentToBitsDouble(ScalarLanes a)
    {
        for (var i = 0; i < Lane.DoubleCount; i++)
            a.Bits[i] >>>= 52;
        return a;
    }

    [UnscopedRef]
    private Span<double> Doubles => MemoryMarshal.Cast<float, double>((Span<float>)_f);

    [UnscopedRef]
    private Span<ulong> Bits => MemoryMarshal.Cast<float, ulong>((Span<float>)_f);

    private static ScalarLanes Widen(ScalarLanes a, int first)
    {
        ScalarLanes result = default;
        for (var i = 0; i < Lane.DoubleCount; i++)
            result.Doubles[i] = a._f[first + i];
        return result;
    }
}
