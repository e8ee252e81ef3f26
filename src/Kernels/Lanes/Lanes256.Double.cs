using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <content>The same bits as eight float64 lanes.</content>
internal readonly partial struct Lanes256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<double> lower, Vector256<double> upper)
        : this(lower.AsSingle(), upper.AsSingle())
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<ulong> lower, Vector256<ulong> upper)
        : this(lower.AsSingle(), upper.AsSingle())
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BroadcastDouble(double value)
    {
        var v = Vector256.Create(value);
        return new(v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WidenLower(Lanes256 a) => Widen(a._lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WidenUpper(Lanes256 a) => Widen(a._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Narrow(Lanes256 lower, Lanes256 upper) =>
        new(
            Vector256.Create(Avx.ConvertToVector128Single(lower._lower.AsDouble()), Avx.ConvertToVector128Single(lower._upper.AsDouble())),
            Vector256.Create(Avx.ConvertToVector128Single(upper._lower.AsDouble()), Avx.ConvertToVector128Single(upper._upper.AsDouble())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddDouble(Lanes256 a, Lanes256 b) =>
        new(a._lower.AsDouble() + b._lower.AsDouble(), a._upper.AsDouble() + b._upper.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SubtractDouble(Lanes256 a, Lanes256 b) =>
        new(a._lower.AsDouble() - b._lower.AsDouble(), a._upper.AsDouble() - b._upper.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyDouble(Lanes256 a, Lanes256 b) =>
        new(a._lower.AsDouble() * b._lower.AsDouble(), a._upper.AsDouble() * b._upper.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 DivideDouble(Lanes256 a, Lanes256 b) =>
        new(a._lower.AsDouble() / b._lower.AsDouble(), a._upper.AsDouble() / b._upper.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAddDouble(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(
            Vector256.FusedMultiplyAdd(a._lower.AsDouble(), b._lower.AsDouble(), c._lower.AsDouble()),
            Vector256.FusedMultiplyAdd(a._upper.AsDouble(), b._upper.AsDouble(), c._upper.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 NegateMultiplyAddDouble(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(
            Fma.MultiplyAddNegated(a._lower.AsDouble(), b._lower.AsDouble(), c._lower.AsDouble()),
            Fma.MultiplyAddNegated(a._upper.AsDouble(), b._upper.AsDouble(), c._upper.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LessThanDouble(Lanes256 a, Lanes256 b) =>
        new(
            Vector256.LessThan(a._lower.AsDouble(), b._lower.AsDouble()),
            Vector256.LessThan(a._upper.AsDouble(), b._upper.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double FoldDouble(Lanes256 a) => Halves.Fold(a._lower.AsDouble() + a._upper.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddBits(Lanes256 a, Lanes256 b) =>
        new(a._lower.AsUInt64() + b._lower.AsUInt64(), a._upper.AsUInt64() + b._upper.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SubtractBits(Lanes256 a, Lanes256 b) =>
        new(a._lower.AsUInt64() - b._lower.AsUInt64(), a._upper.AsUInt64() - b._upper.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BitsToExponentDouble(Lanes256 a) => new(a._lower.AsUInt64() << 52, a._upper.AsUInt64() << 52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ExponentToBitsDouble(Lanes256 a) => new(a._lower.AsUInt64() >>> 52, a._upper.AsUInt64() >>> 52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes256 Widen(Vector256<float> v) =>
        new(Avx.ConvertToVector256Double(v.GetLower()), Avx.ConvertToVector256Double(v.GetUpper()));
}
