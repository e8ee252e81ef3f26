namespace Kernels;

/// <summary>A vector width, in bits.</summary>
public enum SimdWidth
{
    /// <summary>No vectors: one float at a time.</summary>
    Scalar = 32,

    /// <summary>128 bits: NEON, or x64 without AVX2 (where each fused multiply-add is a call, right but slow).</summary>
    Vector128 = 128,

    /// <summary>256 bits: AVX2 with FMA.</summary>
    Vector256 = 256,

    /// <summary>512 bits: AVX-512.</summary>
    Vector512 = 512,
}
