using System.Runtime.Intrinsics.X86;

namespace Kernels.Rows;

/// <summary>What is known of the processor beside its instruction set. It decides about speed alone: no bit of a result depends on it.</summary>
internal static class Processor
{
    private const int Zen5 = 0x1A;

    /// <summary>
    /// Whether X from memory is asked for ahead of its use: where the hardware, by itself, lets memory rest while a core does something else
    /// than read. Measured on AMD family 26 (Zen 5), where a pass is up to 1.7 times as fast; on family 25 (Zen 4) what was tried gained nothing or
    /// did harm, and others have not been measured (bench/NOTES.md). Settable for tests and measurements.
    /// </summary>
    internal static bool AsksAhead { get; set; } = LetsMemoryRest();

    /// <summary>Whether this is such a processor.</summary>
    internal static bool LetsMemoryRest() => IsAmd() && Family() >= Zen5;

    // "AuthenticAMD", AMD64 Architecture Programmer's Manual, volume 3, appendix E.3.
    private static bool IsAmd() => X86Base.IsSupported && X86Base.CpuId(0, 0) is (_, 0x68747541, 0x444D4163, 0x69746E65);

    private static int Family()
    {
        var signature = X86Base.CpuId(1, 0).Eax;
        var family = (signature >> 8) & 0xF;
        return family == 0xF ? family + ((signature >> 20) & 0xFF) : family;
    }
}
