using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Lanes;

/// <summary>Sixteen lanes in two <see cref="Vector256{T}"/>: AVX2 with FMA.</summary>
internal readonly partial struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<float> _lower;
    private readonly Vector256<float> _upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<float> lower, Vector256<float> upper)
    {
        _lower = lower;
        _upper = upper;
    }

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static bool ManyRegisters => false;

    public static Lanes256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero, Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value)
    {
        var v = Vector256.Create(value);
        return new(v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes256 Load(Floats source) =>
        new(Vector256.Load(source.Pointer), Vector256.Load(source.Pointer + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes256 LoadFirst(Floats source, int count) =>
        new(Avx.MaskLoad(source.Pointer, First(count)), Avx.MaskLoad(source.Pointer + 8, First(count - 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes256 value, Floats destination)
    {
        value._lower.Store(destination.Pointer);
        value._upper.Store(destination.Pointer + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreFirst(Lanes256 value, Floats destination, int count)
    {
        Avx.MaskStore(destination.Pointer, First(count), value._lower);
        Avx.MaskStore(destination.Pointer + 8, First(count - 8), value._upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void MultiplyAdd(ref Lanes256 accumulator, Lanes256 factor, Floats source, nint offset) =>
        accumulator = new(
            Vector256.FusedMultiplyAdd(Vector256.Load(source.Pointer + offset), factor._lower, accumulator._lower),
            Vector256.FusedMultiplyAdd(Vector256.Load(source.Pointer + offset + 8), factor._upper, accumulator._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.FusedMultiplyAdd(a._lower, b._lower, c._lower), Vector256.FusedMultiplyAdd(a._upper, b._upper, c._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 NegateMultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Fma.MultiplyAddNegated(a._lower, b._lower, c._lower), Fma.MultiplyAddNegated(a._upper, b._upper, c._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a._lower * b._lower, a._upper * b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Add(Lanes256 a, Lanes256 b) => new(a._lower + b._lower, a._upper + b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Subtract(Lanes256 a, Lanes256 b) => new(a._lower - b._lower, a._upper - b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Divide(Lanes256 a, Lanes256 b) => new(a._lower / b._lower, a._upper / b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 And(Lanes256 a, Lanes256 b) => new(a._lower & b._lower, a._upper & b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Xor(Lanes256 a, Lanes256 b) => new(a._lower ^ b._lower, a._upper ^ b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(Lanes256 mask, Lanes256 a, Lanes256 b) =>
        new(
            Vector256.ConditionalSelect(mask._lower, a._lower, b._lower),
            Vector256.ConditionalSelect(mask._upper, a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectFirst(int count, Lanes256 a, Lanes256 b) =>
        new(
            Vector256.ConditionalSelect(First(count), a._lower, b._lower),
            Vector256.ConditionalSelect(First(count - 8), a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectLessThan(Lanes256 a, Lanes256 b, Lanes256 x, Lanes256 y) =>
        new(
            Vector256.ConditionalSelect(Vector256.LessThan(a._lower, b._lower), x._lower, y._lower),
            Vector256.ConditionalSelect(Vector256.LessThan(a._upper, b._upper), x._upper, y._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereNotZero(Lanes256 t, Lanes256 x) =>
        new(
            Vector256.AndNot(x._lower, Vector256.Equals(t._lower, Vector256<float>.Zero)),
            Vector256.AndNot(x._upper, Vector256.Equals(t._upper, Vector256<float>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BitsToExponent(Lanes256 a) =>
        new((a._lower.AsUInt32() << 23).AsSingle(), (a._upper.AsUInt32() << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes256 a) => a._lower.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Lanes256 a) => Halves.Fold(a._lower + a._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Fold4(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d)
    {
        var (a8, b8, c8, d8) = (a._lower + a._upper, b._lower + b._upper, c._lower + c._upper, d._lower + d._upper);
        return new(
            Avx.Permute2x128(a8, b8, 0x20) + Avx.Permute2x128(a8, b8, 0x31),
            Avx.Permute2x128(c8, d8, 0x20) + Avx.Permute2x128(c8, d8, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Fold8(Lanes256 abcd, Lanes256 efgh) =>
        new(FoldPairs(abcd._lower, abcd._upper), FoldPairs(efgh._lower, efgh._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Fold16(Lanes256 first, Lanes256 second) => new(FoldLast(first), FoldLast(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> First(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    // [a | b] and [c | d] to [a a c c | b b d d].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FoldPairs(Vector256<float> ab, Vector256<float> cd) =>
        Avx.UnpackLow(ab.AsDouble(), cd.AsDouble()).AsSingle() + Avx.UnpackHigh(ab.AsDouble(), cd.AsDouble()).AsSingle();

    // [a a c c | b b d d] and [e e g g | f f h h] to [a c e g | b d f h], then in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FoldLast(Lanes256 eight)
    {
        var sums = Avx.Shuffle(eight._lower, eight._upper, 0x88) + Avx.Shuffle(eight._lower, eight._upper, 0xDD);
        return Avx2.PermuteVar8x32(sums, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));
    }
}
