using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <content>The same bits as eight float64 lanes.</content>
internal readonly partial struct Lanes512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 BroadcastDouble(double value) => new(Vector512.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WidenLower(Lanes512 a) => new(Avx512F.ConvertToVector512Double(a._v.GetLower()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WidenUpper(Lanes512 a) => new(Avx512F.ConvertToVector512Double(a._v.GetUpper()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Narrow(Lanes512 lower, Lanes512 upper) =>
        new(Vector512.Create(
            Avx512F.ConvertToVector256Single(lower._v.AsDouble()),
            Avx512F.ConvertToVector256Single(upper._v.AsDouble())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddDouble(Lanes512 a, Lanes512 b) => new((a._v.AsDouble() + b._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SubtractDouble(Lanes512 a, Lanes512 b) => new((a._v.AsDouble() - b._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyDouble(Lanes512 a, Lanes512 b) => new((a._v.AsDouble() * b._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 DivideDouble(Lanes512 a, Lanes512 b) => new((a._v.AsDouble() / b._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAddDouble(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Vector512.FusedMultiplyAdd(a._v.AsDouble(), b._v.AsDouble(), c._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 NegateMultiplyAddDouble(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Avx512F.FusedMultiplyAddNegated(a._v.AsDouble(), b._v.AsDouble(), c._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LessThanDouble(Lanes512 a, Lanes512 b) =>
        new(Vector512.LessThan(a._v.AsDouble(), b._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double FoldDouble(Lanes512 a)
    {
        var v = a._v.AsDouble();
        return Halves.Fold(v.GetLower() + v.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddBits(Lanes512 a, Lanes512 b) => new((a._v.AsUInt64() + b._v.AsUInt64()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SubtractBits(Lanes512 a, Lanes512 b) => new((a._v.AsUInt64() - b._v.AsUInt64()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 BitsToExponentDouble(Lanes512 a) => new((a._v.AsUInt64() << 52).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ExponentToBitsDouble(Lanes512 a) => new((a._v.AsUInt64() >>> 52).AsSingle());
}
