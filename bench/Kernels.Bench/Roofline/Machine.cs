using System.Runtime.InteropServices;

namespace Kernels.Bench.Roofline;

/// <summary>What the numbers were measured on.</summary>
internal static class Machine
{
    internal static string Describe() =>
        $"{ProcessorName}, {Environment.ProcessorCount} cores, {Simd.Width}, {RuntimeInformation.FrameworkDescription}";

    private static string ProcessorName
    {
        get
        {
            const string Info = "/proc/cpuinfo";
            if (!File.Exists(Info))
                return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
            var lines = File.ReadLines(Info).TakeWhile(line => line.Length > 0).ToList();
            return $"{Value("model name")} (family {Value("cpu family")} model {Value("model")})";

            string Value(string key) =>
                lines.Find(line => line.Split(':')[0].Trim() == key)?.Split(':')[1].Trim() ?? "?";
        }
    }
}
