using Kernels;
using Kernels.Fingerprint;

// One hash for the core's sums, one for rows with weights, offsets and NaN and for second derivatives, one for lines and
// accumulators, one for larger X, one for float64 gradients and Hessians.
(string Hash, string Committed)[] hashes =
[
    (FingerprintOf.Outputs(new PublicRunner()), FingerprintOf.Version3),
    (FeaturesOf.Outputs(new PublicRunner()), FeaturesOf.Version3),
    (FeaturesOf.Streams(), FeaturesOf.StreamsVersion3),
    (FeaturesOf.SecondOrder(new PublicRunner()), FeaturesOf.SecondOrderVersion3),
    (RegimesOf.Outputs(new PublicRunner()), RegimesOf.Version3),
];
var same = hashes.All(pair => pair.Hash == pair.Committed);
foreach (var (hash, committed) in hashes)
    Console.WriteLine(hash == committed ? hash : $"{hash}, NOT {committed}");
Console.WriteLine($"{hashes.Length} hashes  {Simd.Width}  {(same ? "as committed" : "NOT as committed")}");
return same ? 0 : 1;
