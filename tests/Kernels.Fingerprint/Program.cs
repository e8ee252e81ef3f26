using Kernels;
using Kernels.Fingerprint;

var hash = FingerprintOf.Outputs(new PublicRunner());
var same = hash == FingerprintOf.Version2;
Console.WriteLine($"{hash}  {Simd.Width}  {(same ? "as committed" : "NOT as committed: " + FingerprintOf.Version2)}");
return same ? 0 : 1;
