using Kernels;
using Kernels.Verification;

// The hashes without the tool: as a NativeAOT build, on another processor, or under another setting of the runtime.
var same = true;
foreach (var hash in CommittedHash.All)
{
    var found = hash.Compute();
    same &= found == hash.Committed;
    Console.WriteLine(found == hash.Committed ? found : $"{found}, NOT {hash.Committed}");
}

Console.WriteLine($"{CommittedHash.All.Count} hashes  {Simd.Width}  {(same ? "as committed" : "NOT as committed")}");
return same ? 0 : 1;
