namespace Kernels.Verification;

/// <summary>What numbers a random problem is made of.</summary>
public enum FuzzContent
{
    /// <summary>In [−1, 1).</summary>
    Plain,

    /// <summary>Magnitudes from 2⁻²⁰ to 2²⁰.</summary>
    Wide,

    /// <summary>One in eight is NaN, an infinity, denormal, −0, the largest or the smallest normal number.</summary>
    Special,
}
