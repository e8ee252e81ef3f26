namespace Kernels.Exhaustive;

/// <summary>All 2³² float patterns in ascending order: negative NaNs, −∞ … −0, +0 … +∞, positive NaNs.</summary>
public static class FloatOrder
{
    public const long Count = 1L << 32;

    public static float At(uint key) =>
        BitConverter.UInt32BitsToSingle((key & 0x8000_0000) != 0 ? key ^ 0x8000_0000 : ~key);

    public static uint KeyOf(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (bits & 0x8000_0000) != 0 ? ~bits : bits ^ 0x8000_0000;
    }
}
