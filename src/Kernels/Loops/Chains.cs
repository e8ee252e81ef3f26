namespace Kernels.Loops;

/// <summary>Chains of lanes that a margin is summed in (ARITHMETIC.md, 1): a constant for the compiler.</summary>
internal interface IChains;

/// <summary>At most <see cref="Contract.OneChainColumns"/> columns.</summary>
internal readonly struct OneChain : IChains;

/// <summary>More: one row alone is then bound by its loads, not by the latency of its additions.</summary>
internal readonly struct FourChains : IChains;
