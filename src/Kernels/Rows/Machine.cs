using System.Runtime.Intrinsics.X86;
using Kernels.Rows.Plans;

namespace Kernels.Rows;

/// <summary>What is known of the processor beside its instruction set. It decides about speed alone: no bit of a result depends on
/// it.</summary>
internal static class Machine
{
    // Where a processor does not say, and where hardware intrinsics are off.
    private const long UsualL2 = 1L << 20;
    private const long UsualL3 = 32L << 20;

    /// <summary>The processor's maker, family and model.</summary>
    internal static Processor Processor { get; } = Identify();

    /// <summary>Bytes of a core's L2 cache.</summary>
    internal static long L2 { get; } = CacheOf(level: 2) ?? UsualL2;

    /// <summary>Bytes of the L3 cache that a core shares with others.</summary>
    internal static long L3 { get; } = CacheOf(level: 3) ?? UsualL3;

    /// <summary>The nearest level that holds so many bytes; of L3 a half counts, for it is shared.</summary>
    internal static Level LevelOf(long bytes) => bytes <= L2 ? Level.L2 : bytes <= L3 / 2 ? Level.L3 : Level.Memory;

    // "AuthenticAMD", AMD64 Architecture Programmer's Manual, volume 3, appendix E.3; "GenuineIntel", Intel 64 and IA-32 Architectures
    // Software Developer's Manual, volume 2, CPUID.
    private static Processor Identify()
    {
        if (!X86Base.IsSupported)
            return Processor.Other;
        var signature = X86Base.CpuId(1, 0).Eax;
        var family = (signature >> 8) & 0xF;
        var model = ((signature >> 4) & 0xF) | ((signature >> 12) & 0xF0);
        if (family == 0xF)
            family += (signature >> 20) & 0xFF;
        return X86Base.CpuId(0, 0) switch
        {
            (_, 0x68747541, 0x444D4163, 0x69746E65) when family >= 0x1A => Processor.Zen5,
            (_, 0x68747541, 0x444D4163, 0x69746E65) when family == 0x19 =>
                model is (>= 0x10 and < 0x20) or (>= 0x60 and < 0xB0) ? Processor.Zen4 : Processor.Zen3,
            (_, 0x756E6547, 0x6C65746E, 0x49656E69) when family == 6 && model == 0xCF => Processor.EmeraldRapids,
            _ => Processor.Other,
        };
    }

    // Leaf 4 of Intel's, leaf 8000001D of AMD's: one sub-leaf a cache.
    private static long? CacheOf(int level)
    {
        if (!X86Base.IsSupported)
            return null;
        var isAmd = X86Base.CpuId(0, 0).Ebx == 0x68747541;
        var leaf = isAmd ? unchecked((int)0x8000001D) : 4;
        var most = isAmd ? (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax : (uint)X86Base.CpuId(0, 0).Eax;
        if (most < (uint)leaf)
            return null;
        for (var i = 0; i < 8; i++)
        {
            var (eax, ebx, ecx, _) = X86Base.CpuId(leaf, i);
            if ((eax & 0x1F) == 0)
                break;
            if (((eax >> 5) & 7) == level && (eax & 0x1F) != 2)
                return ((ebx & 0xFFF) + 1L) * (((ebx >> 12) & 0x3FF) + 1L) * (((uint)ebx >> 22) + 1L) * ((uint)ecx + 1L);
        }

        return null;
    }
}

/// <summary>Processors that have a table of plans, and all others.</summary>
internal enum Processor
{
    Other,
    Zen3,
    Zen4,
    Zen5,
    EmeraldRapids,
}

/// <summary>Where X comes from.</summary>
internal enum Level
{
    L2,
    L3,
    Memory,
}
