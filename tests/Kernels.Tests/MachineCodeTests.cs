using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Rows;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>
/// The machine code of the hot loops, as the JIT prints it: nothing is called, nothing is spilled, and the loads are part
/// of the multiply-adds. The JIT stops inlining without a word when a method has too many locals; these tests are the word.
/// </summary>
public partial class MachineCodeTests
{
    [Theory]

    // Primitive, multiply-adds with a memory operand in its loop: one for each vector that is loaded.
    [InlineData("NarrowRows`2[Lanes512,One]:Margins[NotAhead]", 0)]
    [InlineData("NarrowRows`2[Lanes512,One]:AddScaled", 0)]
    [InlineData("NarrowRows`2[Lanes512,Two]:Margins[NotAhead]", 8)]
    [InlineData("NarrowRows`2[Lanes512,Two]:AddScaled", 4)]
    [InlineData("NarrowRows`2[Lanes512,Three]:Margins[NotAhead]", 16)]
    [InlineData("NarrowRows`2[Lanes512,Three]:AddScaled", 8)]
    [InlineData("NarrowRows`2[Lanes512,Four]:Margins[NotAhead]", 24)]
    [InlineData("NarrowRows`2[Lanes512,Four]:AddScaled", 12)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[One]]:Margins[NotAhead]", 8)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[One]]:AddScaled", 4)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Two]]:Margins[NotAhead]", 16)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Two]]:AddScaled", 8)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Three]]:Margins[NotAhead]", 24)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Three]]:AddScaled", 12)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Four]]:Margins[NotAhead]", 32)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Four]]:AddScaled", 16)]
    [InlineData("WideMargins`1[Lanes512]:EightDots", 8)]
    [InlineData("LongMargins`1[Lanes512]:FourDots", 16)]
    [InlineData("WideGradient`1[Lanes512]:AddTwoGroups[NotAhead]", 6)]
    [InlineData("WideGradient`1[Lanes512]:AddFour[NotAhead]", 3)]
    [InlineData("NarrowRows`2[Lanes512,Two]:MarginsAndScaled[NotAhead]", 8)]
    [InlineData("NarrowRows`2[Lanes512,Three]:MarginsAndScaled[NotAhead]", 16)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Two]]:MarginsAndScaled[NotAhead]", 16)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Three]]:MarginsAndScaled[NotAhead]", 24)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Four]]:MarginsAndScaled[NotAhead]", 32)]
    [InlineData("InterleavedWideRows`3[Lanes512,Logit,MoreRows]:Add", 14)]
    [InlineData("InterleavedWideRows`3[Lanes512,Identity,MoreRows]:Add", 14)]
    [InlineData("InterleavedWideRows`3[Lanes512,Log,MoreRows]:Add", 14)]
    [InlineData("LinkBlock`2[Lanes512,Logit]:Whole", 0)]
    [InlineData("LinkBlock`2[Lanes512,Identity]:Whole", 0)]
    [InlineData("LinkBlock`2[Lanes512,Log]:Whole", 0)]

    // Of 35 vectors the JIT loads three first.
    [InlineData("InterleavedLongRows`2[Lanes512,Logit]:FourRows", 32)]
    [InlineData("InterleavedLongRows`2[Lanes512,Logit]:FourResiduals", 0)]

    public Task Loops_of_512_bits(string method, int loads) => CheckAsync("", "zmm", method, loads, spills: false);

    // Four of the dot, five of each of two kinds of row, whose last columns add to a vector in memory.
    [Fact]
    public Task Row_by_row_from_memory() =>
        CheckAsync("", "zmm", $"RowByRow`2[Lanes512,Logit]:Sixteen[{(Processor.LetsMemoryRest() ? "Ahead" : "NotAhead")}]", loads: 16, spills: false);

    // The loops over X from memory where it is asked for ahead: the same, and the prefetches.
    [Theory]
    [InlineData("NarrowRows`2[Lanes512,Two]:MarginsAndScaled[NarrowAhead]", 8)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Four]]:MarginsAndScaled[NarrowAhead]", 32)]
    [InlineData("NarrowRows`2[Lanes512,Two]:Margins[NarrowAhead]", 8)]
    [InlineData("NarrowRows`2[Lanes512,Whole`1[Four]]:Margins[NarrowAhead]", 32)]
    [InlineData("WideGradient`1[Lanes512]:AddTwoGroups[Ahead]", 6)]
    [InlineData("WideGradient`1[Lanes512]:AddFour[Ahead]", 3)]
    public Task Loops_that_ask_ahead(string method, int loads)
    {
        Assert.SkipUnless(Processor.LetsMemoryRest(), "this processor is not asked ahead");
        return CheckAsync("", "zmm", method, loads, spills: false);
    }

    [Fact]
    public Task A_loop_of_256_bits_that_asks_ahead()
    {
        Assert.SkipUnless(Processor.LetsMemoryRest(), "this processor is not asked ahead");
        return CheckAsync("EnableAVX512=0", "ymm", "WideGradient`1[Lanes256]:AddFour[Ahead]", loads: 6, spills: false);
    }

    // A link after eight rows is a call, around which two vectors are kept in memory: not in the loop over the columns.
    [Fact]
    public Task A_loop_with_a_call_around_it() => CheckAsync("", "zmm", "InterleavedWideRows`3[Lanes512,Log,EightRows]:Add", loads: 14, spills: true, calls: 1);

    [Theory]
    [InlineData("NarrowRows`2[Lanes256,Whole`1[One]]:Margins[NotAhead]", 16, false)]
    [InlineData("NarrowRows`2[Lanes256,Whole`1[One]]:AddScaled", 8, false)]
    [InlineData("NarrowRows`2[Lanes256,Whole`1[Two]]:Margins[NotAhead]", 32, false)]
    [InlineData("NarrowRows`2[Lanes256,Whole`1[Two]]:AddScaled", 16, false)]
    [InlineData("WideMargins`1[Lanes256]:FourShortDots", 8, false)]
    [InlineData("WideGradient`1[Lanes256]:AddFour[NotAhead]", 6, false)]

    // Sixteen registers hold neither all weights nor the link's constants: they are reloaded, as memory operands where possible.
    [InlineData("NarrowRows`2[Lanes256,Four]:Margins[NotAhead]", 48, true)]
    [InlineData("NarrowRows`2[Lanes256,Four]:AddScaled", 24, true)]
    [InlineData("LinkBlock`2[Lanes256,Logit]:Whole", 3, true)]
    [InlineData("LinkBlock`2[Lanes256,Log]:Whole", 0, true)]

    // One call to inline more, and this one's loss goes through five calls.
    [InlineData("OneRow`2[Lanes256,Logit]:Gradient", 9, true)]
    public Task Loops_of_256_bits(string method, int loads, bool spills) => CheckAsync("EnableAVX512=0", "ymm", method, loads, spills);

    private static readonly Dictionary<string, Task<Dictionary<string, string>>> Listings = [];

    private static async Task CheckAsync(string setting, string register, string method, int loads, bool spills, int calls = 0)
    {
        Assert.SkipWhen(Grid.IsThinned, "the default leg starts these processes");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "x64 only");
        Assert.SkipUnless(Simd.Width == SimdWidth.Vector512 || (Simd.Width == SimdWidth.Vector256 && register == "ymm"), "this process has no vectors as wide");

        Task<Dictionary<string, string>> listing;
        lock (Listings)
        {
            if (!Listings.TryGetValue(setting, out listing!))
                Listings.Add(setting, listing = ListAsync(setting));
        }

        var methods = await listing;
        Assert.True(methods.TryGetValue(method, out var code), $"the JIT compiled no {method}");
        Assert.Equal(method.EndsWith("[Ahead]", StringComparison.Ordinal) || method.EndsWith("[NarrowAhead]", StringComparison.Ordinal), code.Contains("prefetch", StringComparison.Ordinal));
        Assert.Equal(calls, Regex.Count(code, @"\bcall\b"));
        if (!spills)
            Assert.DoesNotMatch($@"{register}word ptr \[r[bs]p", code);
        Assert.Equal(loads, Regex.Count(code, string.Create(CultureInfo.InvariantCulture, $@"vfmadd\w+ps\s+{register}\d+, {register}\d+, {register}word ptr \[r")));
    }

    // The fully optimized code of every method in Kernels.Loops and Kernels.Rows, by its name without namespaces and parameters.
    private static async Task<Dictionary<string, string>> ListAsync(string setting)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] settings = ["JitStdOutFile=" + file, "JitDisasm=Kernels.Loops.*:* Kernels.Rows.*:*"];
            var (output, exitCode) = await FingerprintProcess.RunAsync([.. settings, .. setting.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.True(exitCode == 0, output);
            var listings = new Dictionary<string, string>();
            foreach (var listing in Heading().Split(await File.ReadAllTextAsync(file)))
            {
                var name = listing.Split('(')[0];
                foreach (var space in (ReadOnlySpan<string>)["Kernels.Loops.", "Kernels.Rows.", "Kernels.Lanes.", "Kernels.Links."])
                    name = name.Replace(space, string.Empty, StringComparison.Ordinal);
                if (listing.Split('\n')[0].Contains("FullOpts", StringComparison.Ordinal))
                    listings[name] = listing;
            }

            return listings;
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex("; Assembly listing for method ")]
    private static partial Regex Heading();
}
