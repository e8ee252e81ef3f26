using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kernels.Lanes;

/// <content>The same bits as eight float64 lanes.</content>
internal readonly partial struct Lanes128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<double> v0, Vector128<double> v1, Vector128<double> v2, Vector128<double> v3)
        : this(v0.AsSingle(), v1.AsSingle(), v2.AsSingle(), v3.AsSingle())
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<ulong> v0, Vector128<ulong> v1, Vector128<ulong> v2, Vector128<ulong> v3)
        : this(v0.AsSingle(), v1.AsSingle(), v2.AsSingle(), v3.AsSingle())
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BroadcastDouble(double value)
    {
        var v = Vector128.Create(value);
        return new(v, v, v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WidenLower(Lanes128 a) => Widen(a._v0, a._v1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WidenUpper(Lanes128 a) => Widen(a._v2, a._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Narrow(Lanes128 lower, Lanes128 upper) =>
        new(
            Vector128.Narrow(lower._v0.AsDouble(), lower._v1.AsDouble()),
            Vector128.Narrow(lower._v2.AsDouble(), lower._v3.AsDouble()),
            Vector128.Narrow(upper._v0.AsDouble(), upper._v1.AsDouble()),
            Vector128.Narrow(upper._v2.AsDouble(), upper._v3.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddDouble(Lanes128 a, Lanes128 b) =>
        new(
            a._v0.AsDouble() + b._v0.AsDouble(),
            a._v1.AsDouble() + b._v1.AsDouble(),
            a._v2.AsDouble() + b._v2.AsDouble(),
            a._v3.AsDouble() + b._v3.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SubtractDouble(Lanes128 a, Lanes128 b) =>
        new(
            a._v0.AsDouble() - b._v0.AsDouble(),
            a._v1.AsDouble() - b._v1.AsDouble(),
            a._v2.AsDouble() - b._v2.AsDouble(),
            a._v3.AsDouble() - b._v3.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyDouble(Lanes128 a, Lanes128 b) =>
        new(
            a._v0.AsDouble() * b._v0.AsDouble(),
            a._v1.AsDouble() * b._v1.AsDouble(),
            a._v2.AsDouble() * b._v2.AsDouble(),
            a._v3.AsDouble() * b._v3.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 DivideDouble(Lanes128 a, Lanes128 b) =>
        new(
            a._v0.AsDouble() / b._v0.AsDouble(),
            a._v1.AsDouble() / b._v1.AsDouble(),
            a._v2.AsDouble() / b._v2.AsDouble(),
            a._v3.AsDouble() / b._v3.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAddDouble(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(
            Vector128.FusedMultiplyAdd(a._v0.AsDouble(), b._v0.AsDouble(), c._v0.AsDouble()),
            Vector128.FusedMultiplyAdd(a._v1.AsDouble(), b._v1.AsDouble(), c._v1.AsDouble()),
            Vector128.FusedMultiplyAdd(a._v2.AsDouble(), b._v2.AsDouble(), c._v2.AsDouble()),
            Vector128.FusedMultiplyAdd(a._v3.AsDouble(), b._v3.AsDouble(), c._v3.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 NegateMultiplyAddDouble(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(
            Vector128.FusedMultiplyAdd(-a._v0.AsDouble(), b._v0.AsDouble(), c._v0.AsDouble()),
            Vector128.FusedMultiplyAdd(-a._v1.AsDouble(), b._v1.AsDouble(), c._v1.AsDouble()),
            Vector128.FusedMultiplyAdd(-a._v2.AsDouble(), b._v2.AsDouble(), c._v2.AsDouble()),
            Vector128.FusedMultiplyAdd(-a._v3.AsDouble(), b._v3.AsDouble(), c._v3.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LessThanDouble(Lanes128 a, Lanes128 b) =>
        new(
            Vector128.LessThan(a._v0.AsDouble(), b._v0.AsDouble()),
            Vector128.LessThan(a._v1.AsDouble(), b._v1.AsDouble()),
            Vector128.LessThan(a._v2.AsDouble(), b._v2.AsDouble()),
            Vector128.LessThan(a._v3.AsDouble(), b._v3.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double FoldDouble(Lanes128 a) =>
        Halves.Fold(a._v0.AsDouble() + a._v2.AsDouble() + (a._v1.AsDouble() + a._v3.AsDouble()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddBits(Lanes128 a, Lanes128 b) =>
        new(
            a._v0.AsUInt64() + b._v0.AsUInt64(),
            a._v1.AsUInt64() + b._v1.AsUInt64(),
            a._v2.AsUInt64() + b._v2.AsUInt64(),
            a._v3.AsUInt64() + b._v3.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SubtractBits(Lanes128 a, Lanes128 b) =>
        new(
            a._v0.AsUInt64() - b._v0.AsUInt64(),
            a._v1.AsUInt64() - b._v1.AsUInt64(),
            a._v2.AsUInt64() - b._v2.AsUInt64(),
            a._v3.AsUInt64() - b._v3.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BitsToExponentDouble(Lanes128 a) =>
        new(
            a._v0.AsUInt64() << 52,
            a._v1.AsUInt64() << 52,
            a._v2.AsUInt64() << 52,
            a._v3.AsUInt64() << 52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ExponentToBitsDouble(Lanes128 a) =>
        new(
            a._v0.AsUInt64() >>> 52,
            a._v1.AsUInt64() >>> 52,
            a._v2.AsUInt64() >>> 52,
            a._v3.AsUInt64() >>> 52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes128 Widen(Vector128<float> lower, Vector128<float> upper) =>
        new(
            Vector128.WidenLower(lower),
            Vector128.WidenUpper(lower),
            Vector128.WidenLower(upper),
            Vector128.WidenUpper(upper));
}
