using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Kernels.Links;
using Kernels.Rows;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>What is done for one processor and not for another: no bit may depend on it.</summary>
[Collection(nameof(Processor))]
public class ProcessorTests
{
    /// <summary>From memory, for each loop that may ask ahead, without and with a gap between rows; with a gap of 16, and with 2561 columns, none does.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 270_000, 16, 0 }, { 140_001, 30, 3 }, { 140_001, 31, 0 }, { 70_000, 61, 0 }, { 66_001, 64, 15 }, { 66_001, 64, 16 }, { 60_003, 70, 1 }, { 33_003, 128, 0 },
        { 17_003, 250, 3 }, { 14_005, 300, 0 }, { 9_005, 467, 7 }, { 4_203, 999, 0 }, { 3_803, 1_104, 0 }, { 3_798, 1_105, 2 }, { 1_645, 2_560, 0 }, { 1_643, 2_561, 0 },
    };

    [Fact]
    public void The_processor_is_recognised_as_the_kernel_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "no /proc/cpuinfo of x64");
        var info = File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).ToDictionary(pair => pair[0], pair => pair[1]);
        var expected = X86Base.IsSupported && info["vendor_id"] == "AuthenticAMD" && int.Parse(info["cpu family"], CultureInfo.InvariantCulture) >= 26;
        Assert.Equal(expected, Processor.LetsMemoryRest());
    }

    [Theory]
    [InlineData(33_003, 128, 128, true)]
    [InlineData(32_768, 128, 128, false)] // 16 MiB: not from memory
    [InlineData(33_003, 128, 143, true)]
    [InlineData(33_003, 128, 144, false)] // a line between two rows: what is ahead may be none of them
    [InlineData(4_000, 2_560, 2_560, true)]
    [InlineData(4_000, 2_561, 2_561, false)]
    public void Asked_ahead_is_what_comes_from_memory_row_upon_row(int rows, int columns, int stride, bool expected)
    {
        foreach (var asks in (ReadOnlySpan<bool>)[false, true])
        {
            using var _ = new AskAhead(asks);
            Assert.Equal(asks && expected, Regime.AsksAhead(rows, columns, stride));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Asking_ahead_changes_no_bit(int rows, int columns, int gap)
    {
        Assert.SkipWhen(Grid.IsThinned && columns is not (30 or 128 or 467), "a fused multiply-add is a call here: three shapes only");
        foreach (var intercept in (ReadOnlySpan<bool>)[false, true])
        {
            var p = Problem.Random((ulong)columns, rows, columns, intercept, gap, scale: 1f / MathF.Sqrt(columns));
            var offset = Problem.Random(3, 1, rows).Weights;
            Check<Logit>(p, new(p.X, p.Y));
            Check<Identity>(p, new(p.X, p.Y) { Offset = offset });
            Check<Log>(p, new(p.X, p.Y) { SampleWeights = Problem.Random(5, rows, 1).Y });
        }
    }

    private static void Check<TLink>(Problem p, in Observations data)
        where TLink : struct, ILink
    {
        var what = $"{typeof(TLink).Name} {p.Rows}x{p.Columns}, stride {p.Stride}, intercept {p.HasIntercept}";
        var (gradient, loss, means, product) = Run<TLink>(p, data, asks: false);
        var (askedGradient, askedLoss, askedMeans, askedProduct) = Run<TLink>(p, data, asks: true);
        Bits.Equal(loss, askedLoss, what);
        Bits.Equal(gradient, askedGradient, what);
        Bits.Equal(means, askedMeans, what);
        Bits.Equal(product, askedProduct, what);
        Assert.Contains(gradient, g => g != 0);
    }

    private static (float[] Gradient, double Loss, float[] Means, float[] Product) Run<TLink>(Problem p, in Observations data, bool asks)
        where TLink : struct, ILink
    {
        using var _ = new AskAhead(asks);
        var gradient = new float[p.Weights.Length];
        var loss = Glm<TLink>.Gradient(data, p.Weights, gradient).Loss;
        Bits.Equal(loss, Glm<TLink>.Loss(data, p.Weights).Loss, "the loss alone");
        var means = new float[p.Rows];
        Glm<TLink>.Predict(data.X, p.Weights, means);
        var product = new float[p.Weights.Length];
        Glm<TLink>.HessianProduct(data, p.Weights, p.Weights, product);
        return (gradient, loss, means, product);
    }
}
