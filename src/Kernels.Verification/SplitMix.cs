namespace Kernels.Verification;

/// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every machine, from integers and exact operations
/// alone.</summary>
public sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>An integer from low to high, both included.</summary>
    public int Between(int low, int high) => low + (int)(Next() % (ulong)(high - (long)low + 1));

    /// <summary>A multiple of 2⁻²³ in [−1, 1).</summary>
    public float PlusMinusOne() => ((int)(Next() >> 40) - (1 << 23)) * (1f / (1 << 23));

    /// <summary>A multiple of 2⁻⁵³ in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1L << 53));

    public void Fill(Span<float> values, float scale)
    {
        foreach (ref var value in values)
            value = PlusMinusOne() * scale;
    }
}
