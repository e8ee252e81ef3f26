using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kernels.Lanes;

/// <summary>
/// One value, in the lowest lane of a register: a link for one row without the fifteen lanes that nobody reads, and in which a division
/// takes twice as long. The other lanes hold anything.
/// </summary>
internal readonly struct OneValue : IArithmetic<OneValue>
{
    private readonly Vector128<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private OneValue(Vector128<float> value) => _value = value;

    public static OneValue Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    private Vector128<double> Wide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value.AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Broadcast(float value) => new(Vector128.CreateScalarUnsafe(value));

    // Scalar: without the instruction it is one call, not four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue MultiplyAdd(OneValue a, OneValue b, OneValue c) =>
        Broadcast(MathF.FusedMultiplyAdd(First(a), First(b), First(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue NegateMultiplyAdd(OneValue a, OneValue b, OneValue c) =>
        Broadcast(MathF.FusedMultiplyAdd(-First(a), First(b), First(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Multiply(OneValue a, OneValue b) => Broadcast(First(a) * First(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Add(OneValue a, OneValue b) => Broadcast(First(a) + First(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Subtract(OneValue a, OneValue b) => Broadcast(First(a) - First(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Divide(OneValue a, OneValue b) => Broadcast(First(a) / First(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue And(OneValue a, OneValue b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Xor(OneValue a, OneValue b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Select(OneValue mask, OneValue a, OneValue b) =>
        new(Vector128.ConditionalSelect(mask._value, a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue SelectLessThan(OneValue a, OneValue b, OneValue x, OneValue y) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), x._value, y._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue WhereNotZero(OneValue t, OneValue x) =>
        new(Vector128.AndNot(x._value, Vector128.Equals(t._value, Vector128<float>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue BitsToExponent(OneValue a) => new((a._value.AsUInt32() << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(OneValue a) => a._value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue BroadcastDouble(double value) => new(Vector128.CreateScalarUnsafe(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue WidenLower(OneValue a) => BroadcastDouble(First(a));

    /// <summary>The same: there are no other lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue WidenUpper(OneValue a) => WidenLower(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue Narrow(OneValue lower, OneValue upper) => Broadcast((float)FirstDouble(lower));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue AddDouble(OneValue a, OneValue b) => BroadcastDouble(FirstDouble(a) + FirstDouble(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue SubtractDouble(OneValue a, OneValue b) => BroadcastDouble(FirstDouble(a) - FirstDouble(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue MultiplyDouble(OneValue a, OneValue b) => BroadcastDouble(FirstDouble(a) * FirstDouble(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue DivideDouble(OneValue a, OneValue b) => BroadcastDouble(FirstDouble(a) / FirstDouble(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue MultiplyAddDouble(OneValue a, OneValue b, OneValue c) =>
        BroadcastDouble(Math.FusedMultiplyAdd(FirstDouble(a), FirstDouble(b), FirstDouble(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue NegateMultiplyAddDouble(OneValue a, OneValue b, OneValue c) =>
        BroadcastDouble(Math.FusedMultiplyAdd(-FirstDouble(a), FirstDouble(b), FirstDouble(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue LessThanDouble(OneValue a, OneValue b) => new(Vector128.LessThan(a.Wide, b.Wide).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue AddBits(OneValue a, OneValue b) => new((a._value.AsUInt64() + b._value.AsUInt64()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue SubtractBits(OneValue a, OneValue b) => new((a._value.AsUInt64() - b._value.AsUInt64()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue BitsToExponentDouble(OneValue a) => new((a._value.AsUInt64() << 52).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneValue ExponentToBitsDouble(OneValue a) => new((a._value.AsUInt64() >> 52).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double FirstDouble(OneValue a) => a.Wide.ToScalar();
}
