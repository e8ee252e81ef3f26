namespace Kernels.Verification;

/// <summary>A hash of many problems' outputs, and what every machine must find.</summary>
/// <param name="Name">Of which outputs.</param>
/// <param name="Committed">The hash of this version of the arithmetic contract.</param>
/// <param name="Compute">Computes them here.</param>
public sealed record CommittedHash(string Name, string Committed, Func<string> Compute)
{
    /// <summary>The hashes of the public entry points, on the width that this process chose.</summary>
    public static IReadOnlyList<CommittedHash> All { get; } =
    [
        new("gradient, loss, step and means", FingerprintOf.Version3, () => FingerprintOf.Outputs(new PublicRunner())),
        new("weights, offsets, NaN and Hessian products", FeaturesOf.Version3, () => FeaturesOf.Outputs(new PublicRunner())),
        new("lines and accumulators", FeaturesOf.StreamsVersion3, FeaturesOf.Streams),
        new("Hessians in float64", FeaturesOf.SecondOrderVersion3, () => FeaturesOf.SecondOrder(new PublicRunner())),
        new("X in L2, in L3 and from memory", RegimesOf.Version3, () => RegimesOf.Outputs(new PublicRunner())),
    ];
}
