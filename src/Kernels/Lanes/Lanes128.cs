using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <summary>
/// Sixteen lanes in four <see cref="Vector128{T}"/>: NEON, and x64 without AVX2, where a fused multiply-add is made of float64 operations
/// (right, and slow).
/// </summary>
internal readonly partial struct Lanes128 : ILanes<Lanes128>
{
    private readonly Vector128<float> _v0;
    private readonly Vector128<float> _v1;
    private readonly Vector128<float> _v2;
    private readonly Vector128<float> _v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<float> v0, Vector128<float> v1, Vector128<float> v2, Vector128<float> v3)
    {
        _v0 = v0;
        _v1 = v1;
        _v2 = v2;
        _v3 = v3;
    }

    public static bool IsSupported => true;

    public static bool ManyRegisters => false;

    public static Lanes128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Broadcast(0f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value)
    {
        var v = Vector128.Create(value);
        return new(v, v, v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes128 Load(Floats source) =>
        new(
            Vector128.Load(source.Pointer),
            Vector128.Load(source.Pointer + 4),
            Vector128.Load(source.Pointer + 8),
            Vector128.Load(source.Pointer + 12));

    public static Lanes128 LoadFirst(Floats source, int count) =>
        new(
            LoadPart(source, count),
            LoadPart(source.At(4), count - 4),
            LoadPart(source.At(8), count - 8),
            LoadPart(source.At(12), count - 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes128 value, Floats destination)
    {
        value._v0.Store(destination.Pointer);
        value._v1.Store(destination.Pointer + 4);
        value._v2.Store(destination.Pointer + 8);
        value._v3.Store(destination.Pointer + 12);
    }

    public static void StoreFirst(Lanes128 value, Floats destination, int count)
    {
        StorePart(value._v0, destination, count);
        StorePart(value._v1, destination.At(4), count - 4);
        StorePart(value._v2, destination.At(8), count - 8);
        StorePart(value._v3, destination.At(12), count - 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(ref Lanes128 accumulator, Lanes128 factor, Floats source, nint offset)
    {
        if (IsFused)
            accumulator = MultiplyAdd(Load(source.At(offset)), factor, accumulator);
        else
            MultiplyAddInSoftware(ref accumulator, factor, source.At(offset));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        IsFused
            ? new(
                Vector128.FusedMultiplyAdd(a._v0, b._v0, c._v0),
                Vector128.FusedMultiplyAdd(a._v1, b._v1, c._v1),
                Vector128.FusedMultiplyAdd(a._v2, b._v2, c._v2),
                Vector128.FusedMultiplyAdd(a._v3, b._v3, c._v3))
            : MultiplyAddInSoftware(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 NegateMultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        MultiplyAdd(new(-a._v0, -a._v1, -a._v2, -a._v3), b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Multiply(Lanes128 a, Lanes128 b) =>
        new(a._v0 * b._v0, a._v1 * b._v1, a._v2 * b._v2, a._v3 * b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Add(Lanes128 a, Lanes128 b) =>
        new(a._v0 + b._v0, a._v1 + b._v1, a._v2 + b._v2, a._v3 + b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Subtract(Lanes128 a, Lanes128 b) =>
        new(a._v0 - b._v0, a._v1 - b._v1, a._v2 - b._v2, a._v3 - b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Divide(Lanes128 a, Lanes128 b) => new(a._v0 / b._v0, a._v1 / b._v1, a._v2 / b._v2, a._v3 / b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 And(Lanes128 a, Lanes128 b) =>
        new(a._v0 & b._v0, a._v1 & b._v1, a._v2 & b._v2, a._v3 & b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Xor(Lanes128 a, Lanes128 b) =>
        new(a._v0 ^ b._v0, a._v1 ^ b._v1, a._v2 ^ b._v2, a._v3 ^ b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Select(Lanes128 mask, Lanes128 a, Lanes128 b) =>
        new(
            Vector128.ConditionalSelect(mask._v0, a._v0, b._v0),
            Vector128.ConditionalSelect(mask._v1, a._v1, b._v1),
            Vector128.ConditionalSelect(mask._v2, a._v2, b._v2),
            Vector128.ConditionalSelect(mask._v3, a._v3, b._v3));

    public static Lanes128 SelectFirst(int count, Lanes128 a, Lanes128 b) =>
        new(
            SelectPart(count, a._v0, b._v0),
            SelectPart(count - 4, a._v1, b._v1),
            SelectPart(count - 8, a._v2, b._v2),
            SelectPart(count - 12, a._v3, b._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectLessThan(Lanes128 a, Lanes128 b, Lanes128 x, Lanes128 y) =>
        new(
            Vector128.ConditionalSelect(Vector128.LessThan(a._v0, b._v0), x._v0, y._v0),
            Vector128.ConditionalSelect(Vector128.LessThan(a._v1, b._v1), x._v1, y._v1),
            Vector128.ConditionalSelect(Vector128.LessThan(a._v2, b._v2), x._v2, y._v2),
            Vector128.ConditionalSelect(Vector128.LessThan(a._v3, b._v3), x._v3, y._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereNotZero(Lanes128 t, Lanes128 x) =>
        new(
            Vector128.AndNot(x._v0, Vector128.Equals(t._v0, Vector128<float>.Zero)),
            Vector128.AndNot(x._v1, Vector128.Equals(t._v1, Vector128<float>.Zero)),
            Vector128.AndNot(x._v2, Vector128.Equals(t._v2, Vector128<float>.Zero)),
            Vector128.AndNot(x._v3, Vector128.Equals(t._v3, Vector128<float>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BitsToExponent(Lanes128 a) =>
        new(
            (a._v0.AsUInt32() << 23).AsSingle(),
            (a._v1.AsUInt32() << 23).AsSingle(),
            (a._v2.AsUInt32() << 23).AsSingle(),
            (a._v3.AsUInt32() << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes128 a) => a._v0.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Lanes128 a) => Halves.Fold(a._v0 + a._v2 + (a._v1 + a._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Fold4(Lanes128 a, Lanes128 b, Lanes128 c, Lanes128 d) =>
        new(
            a._v0 + a._v2 + (a._v1 + a._v3),
            b._v0 + b._v2 + (b._v1 + b._v3),
            c._v0 + c._v2 + (c._v1 + c._v3),
            d._v0 + d._v2 + (d._v1 + d._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Fold8(Lanes128 abcd, Lanes128 efgh) =>
        new(
            FoldPairs(abcd._v0, abcd._v1),
            FoldPairs(abcd._v2, abcd._v3),
            FoldPairs(efgh._v0, efgh._v1),
            FoldPairs(efgh._v2, efgh._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Fold16(Lanes128 first, Lanes128 second) =>
        new(
            FoldLast(first._v0, first._v1),
            FoldLast(first._v2, first._v3),
            FoldLast(second._v0, second._v1),
            FoldLast(second._v2, second._v3));

    private static Vector128<float> SelectPart(int count, Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle(), a, b);

    private static unsafe Vector128<float> LoadPart(Floats source, int count) => count switch
    {
        <= 0 => Vector128<float>.Zero,
        1 => Vector128.CreateScalar(source[0]),
        2 => Vector128.Create(source[0], source[1], 0f, 0f),
        3 => Vector128.Create(source[0], source[1], source[2], 0f),
        _ => Vector128.Load(source.Pointer),
    };

    private static unsafe void StorePart(Vector128<float> value, Floats destination, int count)
    {
        if (count >= 4)
        {
            value.Store(destination.Pointer);
            return;
        }

        for (var i = 0; i < count; i++)
            destination[i] = value.GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LowerOf(Vector128<float> a, Vector128<float> b) => Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> UpperOf(Vector128<float> a, Vector128<float> b) => Vector128.Create(a.GetUpper(), b.GetUpper());

    // To [a a b b].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FoldPairs(Vector128<float> a, Vector128<float> b) => LowerOf(a, b) + UpperOf(a, b);

    // [a a b b] and [c c d d] to [a b c d].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FoldLast(Vector128<float> first, Vector128<float> second)
    {
        if (Sse.IsSupported)
            return Sse.Shuffle(first, second, 0x88) + Sse.Shuffle(first, second, 0xDD);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.UnzipEven(first, second) + AdvSimd.Arm64.UnzipOdd(first, second);
        return Vector128.Create(first[0], first[2], second[0], second[2]) + Vector128.Create(first[1], first[3], second[1], second[3]);
    }
}
