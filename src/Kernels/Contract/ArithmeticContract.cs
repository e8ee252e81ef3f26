namespace Kernels;

/// <summary>Which order of operations this library computes: results of the same version have the same bits on every machine
/// (ARITHMETIC.md).</summary>
public static class ArithmeticContract
{
    /// <summary>The version of the contract.</summary>
    public const int Version = Contract.Version;
}
