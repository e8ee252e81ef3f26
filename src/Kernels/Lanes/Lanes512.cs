using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <summary>Sixteen lanes in one <see cref="Vector512{T}"/>: AVX-512 (F, BW, CD, DQ, VL).</summary>
internal readonly partial struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<float> _v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes512(Vector512<float> v) => _v = v;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static bool ManyRegisters => true;

    public static Lanes512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes512 Load(Floats source) => new(Vector512.Load(source.Pointer));

    // A broadcast from memory takes the whole of a load of 512 bits; this takes one load for four, and a shuffle each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void BroadcastFour(Floats source, out Lanes512 a, out Lanes512 b, out Lanes512 c, out Lanes512 d)
    {
        var four = Avx512F.BroadcastVector128ToVector512(source.Pointer);
        a = new(Avx512F.Permute4x32(four, 0x00));
        b = new(Avx512F.Permute4x32(four, 0x55));
        c = new(Avx512F.Permute4x32(four, 0xAA));
        d = new(Avx512F.Permute4x32(four, 0xFF));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes512 LoadFirst(Floats source, int count) =>
        new(Avx512F.MaskLoad(source.Pointer, First(count), Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes512 value, Floats destination) => value._v.Store(destination.Pointer);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreFirst(Lanes512 value, Floats destination, int count) =>
        Avx512F.MaskStore(destination.Pointer, First(count), value._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void MultiplyAdd(ref Lanes512 accumulator, Lanes512 factor, Floats source, nint offset) =>
        accumulator = new(Vector512.FusedMultiplyAdd(Vector512.Load(source.Pointer + offset), factor._v, accumulator._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Vector512.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 NegateMultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Avx512F.FusedMultiplyAddNegated(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new(a._v * b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Subtract(Lanes512 a, Lanes512 b) => new(a._v - b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Divide(Lanes512 a, Lanes512 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 And(Lanes512 a, Lanes512 b) => new(a._v & b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Xor(Lanes512 a, Lanes512 b) => new(a._v ^ b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Select(Lanes512 mask, Lanes512 a, Lanes512 b) =>
        new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectFirst(int count, Lanes512 a, Lanes512 b) =>
        new(Vector512.ConditionalSelect(First(count), a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectLessThan(Lanes512 a, Lanes512 b, Lanes512 x, Lanes512 y) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._v, b._v), x._v, y._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereNotZero(Lanes512 t, Lanes512 x) =>
        new(Vector512.AndNot(x._v, Vector512.Equals(t._v, Vector512<float>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 BitsToExponent(Lanes512 a) => new((a._v.AsUInt32() << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes512 a) => a._v.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Lanes512 a) => Halves.Fold(a._v.GetLower() + a._v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fold4(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d)
    {
        // Quarters of 128 bits, numbered 0 to 3. 0x44 takes (0 1 | 0 1), 0xEE (2 3 | 2 3), 0x88 (0 2 | 0 2), 0xDD (1 3 | 1 3).
        var ab = Avx512F.Shuffle4x128(a._v, b._v, 0x44) + Avx512F.Shuffle4x128(a._v, b._v, 0xEE);
        var cd = Avx512F.Shuffle4x128(c._v, d._v, 0x44) + Avx512F.Shuffle4x128(c._v, d._v, 0xEE);
        return new(Avx512F.Shuffle4x128(ab, cd, 0x88) + Avx512F.Shuffle4x128(ab, cd, 0xDD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fold8(Lanes512 abcd, Lanes512 efgh) =>
        new(Avx512F.UnpackLow(abcd._v.AsDouble(), efgh._v.AsDouble()).AsSingle()
            + Avx512F.UnpackHigh(abcd._v.AsDouble(), efgh._v.AsDouble()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fold16(Lanes512 first, Lanes512 second)
    {
        // [a e a' e' | b f b' f' | c g c' g' | d h d' h'], transposed.
        var sums = Avx512F.Shuffle(first._v, second._v, 0x88) + Avx512F.Shuffle(first._v, second._v, 0xDD);
        return new(Avx512F.PermuteVar16x32(sums, Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
