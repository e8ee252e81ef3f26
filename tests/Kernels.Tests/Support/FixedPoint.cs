using System.Numerics;

namespace Kernels.Tests.Support;

/// <summary>Numbers with 320 bits after the point: sums and products of floats are exact, or as good as.</summary>
public readonly record struct FixedPoint(BigInteger Units)
{
    private const int Bits = 320;

    public static FixedPoint One { get; } = new(BigInteger.One << Bits);

    public static implicit operator FixedPoint(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var fraction = (bits & ((1L << 52) - 1)) | (exponent == 0 ? 0 : 1L << 52);
        var shift = Math.Max(exponent, 1) - 1075 + Bits;
        var units = shift >= 0 ? new BigInteger(fraction) << shift : new BigInteger(fraction) >> -shift;
        return new(bits < 0 ? -units : units);
    }

    public static explicit operator double(FixedPoint value)
    {
        var sign = value.Units.Sign;
        var units = BigInteger.Abs(value.Units);
        var shift = (int)Math.Max(0, units.GetBitLength() - 64);
        return sign * Math.ScaleB((double)(ulong)(units >> shift), shift - Bits);
    }

    public static FixedPoint operator +(FixedPoint a, FixedPoint b) => new(a.Units + b.Units);

    public static FixedPoint operator -(FixedPoint a, FixedPoint b) => new(a.Units - b.Units);

    public static FixedPoint operator *(FixedPoint a, FixedPoint b) => new((a.Units * b.Units) >> Bits);

    public static FixedPoint operator /(FixedPoint a, FixedPoint b) => new((a.Units << Bits) / b.Units);

    /// <summary>eˣ: the series at x/2⁶⁴, squared 64 times.</summary>
    public static FixedPoint Exp(FixedPoint x)
    {
        var small = new FixedPoint(x.Units >> 64);
        var (term, sum) = (One, One);
        for (var i = 1; i < 20; i++)
        {
            term = new(term.Units * small.Units / i >> Bits);
            sum += term;
        }

        for (var i = 0; i < 64; i++)
            sum *= sum;
        return sum;
    }
}
