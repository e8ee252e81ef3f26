using System.Runtime.CompilerServices;

namespace Kernels.Lanes;

/// <summary>
/// Sixteen plain floats with a true fused multiply-add: what the other widths must equal bit for bit, and what a
/// machine without SIMD runs.
/// </summary>
internal partial struct ScalarLanes : ILanes<ScalarLanes>
{
    private Singles _f;

    public static bool IsSupported => true;

    public static bool ManyRegisters => false;

    public static ScalarLanes Zero => default;

    public static ScalarLanes Broadcast(float value)
    {
        ScalarLanes result = default;
        for (var i = 0; i < Lane.Count; i++)
            result._f[i] = value;
        return result;
    }

    public static ScalarLanes Load(Floats source) => LoadFirst(source, Lane.Count);

    public static ScalarLanes LoadFirst(Floats source, int count)
    {
        ScalarLanes result = default;
        for (var i = 0; i < count; i++)
            result._f[i] = source[i];
        return result;
    }

    public static void Store(ScalarLanes value, Floats destination) => StoreFirst(value, destination, Lane.Count);

    public static void StoreFirst(ScalarLanes value, Floats destination, int count)
    {
        for (var i = 0; i < count; i++)
            destination[i] = value._f[i];
    }

    public static void MultiplyAdd(ref ScalarLanes accumulator, ScalarLanes factor, Floats source, nint offset)
    {
        for (var i = 0; i < Lane.Count; i++)
            accumulator._f[i] = MathF.FusedMultiplyAdd(source[offset + i], factor._f[i], accumulator._f[i]);
    }

    public static ScalarLanes MultiplyAdd(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        for (var i = 0; i < Lane.Count; i++)
            c._f[i] = MathF.FusedMultiplyAdd(a._f[i], b._f[i], c._f[i]);
        return c;
    }

    public static ScalarLanes NegateMultiplyAdd(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        for (var i = 0; i < Lane.Count; i++)
            c._f[i] = MathF.FusedMultiplyAdd(-a._f[i], b._f[i], c._f[i]);
        return c;
    }

    public static ScalarLanes Multiply(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.Count; i++)
            a._f[i] *= b._f[i];
        return a;
    }

    public static ScalarLanes Add(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.Count; i++)
            a._f[i] += b._f[i];
        return a;
    }

    public static ScalarLanes Subtract(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.Count; i++)
            a._f[i] -= b._f[i];
        return a;
    }

    public static ScalarLanes Divide(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.Count; i++)
            a._f[i] /= b._f[i];
        return a;
    }

    public static ScalarLanes And(ScalarLanes a, ScalarLanes b)
    {
        var aBits = a.Bits;
        var bBits = b.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] &= bBits[i];
        return a;
    }

    public static ScalarLanes Xor(ScalarLanes a, ScalarLanes b)
    {
        var aBits = a.Bits;
        var bBits = b.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] ^= bBits[i];
        return a;
    }

    private static ScalarLanes LessThan(ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < Lane.Count; i++)
            a._f[i] = BitConverter.UInt32BitsToSingle(a._f[i] < b._f[i] ? uint.MaxValue : 0);
        return a;
    }

    public static ScalarLanes Select(ScalarLanes mask, ScalarLanes a, ScalarLanes b)
    {
        var aBits = a.Bits;
        var bBits = b.Bits;
        var maskBits = mask.Bits;
        for (var i = 0; i < Lane.DoubleCount; i++)
            aBits[i] = (aBits[i] & maskBits[i]) | (bBits[i] & ~maskBits[i]);
        return a;
    }

    public static ScalarLanes SelectFirst(int count, ScalarLanes a, ScalarLanes b)
    {
        for (var i = 0; i < count; i++)
            b._f[i] = a._f[i];
        return b;
    }

    public static ScalarLanes SelectLessThan(ScalarLanes a, ScalarLanes b, ScalarLanes x, ScalarLanes y) => Select(LessThan(a, b), x, y);

    public static ScalarLanes WhereNotZero(ScalarLanes t, ScalarLanes x)
    {
        for (var i = 0; i < Lane.Count; i++)
            x._f[i] = t._f[i] == 0f ? 0f : x._f[i];
        return x;
    }

    public static ScalarLanes BitsToExponent(ScalarLanes a)
    {
        for (var i = 0; i < Lane.Count; i++)
            a._f[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a._f[i]) << 23);
        return a;
    }

    public static float First(ScalarLanes a) => a._f[0];

    public static float Fold(ScalarLanes a)
    {
        for (var half = Lane.Count / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                a._f[i] += a._f[i + half];
        }

        return a._f[0];
    }

    public static ScalarLanes Fold4(ScalarLanes a, ScalarLanes b, ScalarLanes c, ScalarLanes d)
    {
        ScalarLanes result = default;
        for (var i = 0; i < 4; i++)
        {
            result._f[i] = FoldToFour(a, i);
            result._f[4 + i] = FoldToFour(b, i);
            result._f[8 + i] = FoldToFour(c, i);
            result._f[12 + i] = FoldToFour(d, i);
        }

        return result;
    }

    public static ScalarLanes Fold8(ScalarLanes abcd, ScalarLanes efgh)
    {
        ScalarLanes result = default;
        for (var row = 0; row < 4; row++)
        {
            for (var i = 0; i < 2; i++)
            {
                result._f[(2 * row) + i] = abcd._f[(4 * row) + i] + abcd._f[(4 * row) + i + 2];
                result._f[Lane.DoubleCount + (2 * row) + i] = efgh._f[(4 * row) + i] + efgh._f[(4 * row) + i + 2];
            }
        }

        return result;
    }

    public static ScalarLanes Fold16(ScalarLanes first, ScalarLanes second)
    {
        ScalarLanes result = default;
        for (var row = 0; row < Lane.DoubleCount; row++)
        {
            result._f[row] = first._f[2 * row] + first._f[(2 * row) + 1];
            result._f[Lane.DoubleCount + row] = second._f[2 * row] + second._f[(2 * row) + 1];
        }

        return result;
    }

    private static float FoldToFour(ScalarLanes row, int i) =>
        row._f[i] + row._f[i + 8] + (row._f[i + 4] + row._f[i + 12]);

    [InlineArray(Lane.Count)]
    private struct Singles
    {
        private float _first;
    }
}
