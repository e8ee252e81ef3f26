using System.Runtime.InteropServices;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>The same bits from every process: whatever the vector width, whatever the JIT compiled, wherever the data lie.</summary>
public class ReproducibilityTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("EnableAVX512=0", "Vector256")]
    [InlineData("PreferredVectorBitWidth=256", "Vector256")]
    [InlineData("EnableAVX2=0", "Vector128")]
    [InlineData("EnableHWIntrinsic=0", "Scalar")]
    [InlineData("TieredCompilation=0", "")]
    [InlineData("TieredPGO=0", "")]
    [InlineData("TC_QuickJitForLoops=0", "")]
    [InlineData("TC_QuickJitForLoops=1 TC_OnStackReplacement_InitialCounter=1 OSR_HitLimit=1", "")]
    [InlineData("TieredPGO_InstrumentOnlyHotCode=0 TC_CallCountThreshold=1000000", "")]
    [InlineData("ReadyToRun=0", "")]
    [InlineData("JITMinOpts=1", "")]
    public async Task Every_process_prints_the_committed_fingerprint(string settings, string width)
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts these processes");
        Assert.SkipWhen(width.Length != 0 && RuntimeInformation.ProcessArchitecture != Architecture.X64, "x64 settings");
        Assert.SkipWhen(width == "Vector256" && Simd.Width < SimdWidth.Vector256, "this machine has no 256-bit vectors");

        var (output, exitCode) = await FingerprintProcess.RunAsync(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(FingerprintOf.Version3, output, StringComparison.Ordinal);
        Assert.Contains(width, output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void Every_byte_offset_gives_the_same_bits()
    {
        foreach (var engine in Engine.Supported)
        {
            var p = Problem.Random(7, 37, 53, intercept: true);
            var expectedLoss = engine.Gradient<Links.Logit>(p.X, p.Y, p.Weights, p.Gradient);
            for (var offset = 0; offset < 64; offset++)
            {
                // Not even aligned to a float.
                var values = Shifted(Flat(p), offset);
                var y = Shifted(p.Y, offset);
                var weights = Shifted(p.Weights, offset);
                var gradient = Shifted(p.Gradient, offset);
                gradient.Clear();
                var loss = engine.Gradient<Links.Logit>(new DesignMatrix(values, 53, intercept: true), y, weights, gradient);
                Bits.Equal(expectedLoss, loss, $"{engine} offset {offset}");
                Bits.Equal(p.Gradient, gradient, $"{engine} offset {offset}");
            }
        }

        static float[] Flat(Problem p) => [.. Enumerable.Range(0, p.Rows).SelectMany(i => p.X.Row(i).ToArray())];

        static Span<float> Shifted(float[] values, int bytes)
        {
            var buffer = GC.AllocateArray<byte>((values.Length * sizeof(float)) + 64 + bytes, pinned: true);
            var span = MemoryMarshal.Cast<byte, float>(buffer.AsSpan(bytes, values.Length * sizeof(float)));
            values.CopyTo(span);
            return span;
        }
    }

    [Fact]
    public async Task Many_threads_on_shared_inputs_get_the_same_bits()
    {
        var p = Problem.Random(8, 3000, 41, intercept: true);
        var expected = LogisticRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient);
        var tasks = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var gradient = new float[p.Gradient.Length];
            for (var i = 0; i < 125; i++)
            {
                Bits.Equal(expected, LogisticRegression.Gradient(p.X, p.Y, p.Weights, gradient), "loss");
                Bits.Equal(p.Gradient, gradient, "gradient");
            }
        }));
        await Task.WhenAll(tasks);
    }
}
