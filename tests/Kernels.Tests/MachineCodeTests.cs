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
    // A text and a width a line, and how many multiply-adds have a memory operand in it: one for each vector that is loaded. A loop that
    // hands margins to the link calls it where it says so, after its columns; what is kept in memory around a call is not in the loop over
    // them.
    [Theory]
    [InlineData("RegisterTile`3[Lanes512,One,PartialTail]:Run[Margins,NoPrefetch]", 0)]
    [InlineData("RegisterTile`3[Lanes512,Two,NoTail]:Run[Margins,NoPrefetch]", 16)]
    [InlineData("RegisterTile`3[Lanes512,Four,PartialTail]:Run[Margins,NoPrefetch]", 24)]
    [InlineData("RegisterTile`3[Lanes512,Four,NoTail]:Run[Margins,NoPrefetch]", 32)]
    [InlineData("RegisterTile`3[Lanes512,One,NoTail]:Run[Gradient,NoPrefetch]", 4)]
    [InlineData("RegisterTile`3[Lanes512,Four,PartialTail]:Run[Gradient,NoPrefetch]", 12)]
    [InlineData("RegisterTile`3[Lanes512,Four,NoTail]:Run[Gradient,NoPrefetch]", 16)]
    [InlineData("RegisterTile`3[Lanes512,Three,PartialTail]:Run[Both,NoPrefetch]", 16)]
    [InlineData("RegisterTile`3[Lanes512,Four,NoTail]:Run[Both,NoPrefetch]", 32)]
    [InlineData("Tile`4[Lanes512,Margins,EightRows,OneChain]:Run[NoPrefetch,SixteenOrMore,MarginSink`1[Lanes512]]", 8)]
    [InlineData("Tile`4[Lanes512,Margins,FourRows,FourChains]:Run[NoPrefetch,SixteenOrMore,MarginSink`1[Lanes512]]", 20)]
    [InlineData("Tile`4[Lanes512,Gradient,EightRows,OneChain]:Run[NoPrefetch,SixteenOrMore,MarginSink`1[Lanes512]]", 6)]
    [InlineData("Tile`4[Lanes512,Gradient,FourRows,OneChain]:Run[NoPrefetch,SixteenOrMore,MarginSink`1[Lanes512]]", 3)]
    [InlineData("Tile`4[Lanes512,Both,EightRows,OneChain]:Run[NoPrefetch,SixteenOrMore,LinkSink`3[Lanes512,Logit,SixteenOrMore]]", 14, 1)]
    [InlineData("Tile`4[Lanes512,Both,EightRows,OneChain]:Run[NoPrefetch,SixteenOrMore,LinkSink`3[Lanes512,Log,SixteenOrMore]]", 14, 1)]
    [InlineData("Tile`4[Lanes512,Both,EightRows,OneChain]:Run[NoPrefetch,SixteenOrMore,LinkSink`3[Lanes512,Identity,SixteenOrMore]]", 14,
        1)]
    [InlineData("Tile`4[Lanes512,Both,FourRows,FourChains]:Run[NoPrefetch,FewerThanSixteen,LinkSink`3[Lanes512,Logit,FewerThanSixteen]]",
        35, 2)]
    [InlineData("RowByRow`2[Lanes512,Logit]:Sixteen[FourChains,NoPrefetch]", 16)]
    [InlineData("ProductTile`3[Lanes512,InSingle,EightByOne]:Add", 0)]
    [InlineData("ProductTile`3[Lanes512,InSingle,EightByTwo]:Add", 0)]
    [InlineData("ProductTile`3[Lanes512,InDouble,EightByTwo]:Add", 0)]
    [InlineData("LinkBlock`2[Lanes512,Logit]:Whole", 0)]
    [InlineData("LinkBlock`2[Lanes512,Log]:Whole", 0)]
    public Task Loops_of_512_bits(string method, int loads, int calls = 0)
    {
        Assert.SkipWhen(Machine.Processor is Processor.Zen5 or Processor.EmeraldRapids
            && method.StartsWith("RowByRow", StringComparison.Ordinal), "these rows have prefetches here");
        return CheckAsync("", "zmm", method, loads, spills: calls > 0, calls);
    }

    // The loops over X from memory where it is asked for ahead: the same, and the prefetches.
    [Theory]
    [InlineData("RegisterTile`3[Lanes512,Two,PartialTail]:Run[Both,NearPrefetch]", 8)]
    [InlineData("RegisterTile`3[Lanes512,Four,NoTail]:Run[Both,NearPrefetch]", 32)]
    [InlineData("Tile`4[Lanes512,Gradient,EightRows,OneChain]:Run[FarPrefetch,SixteenOrMore,MarginSink`1[Lanes512]]", 6)]
    public Task Loops_that_ask_ahead(string method, int loads)
    {
        Assert.SkipUnless(Machine.Processor == Processor.Zen5, "the plans of this processor have no prefetches");
        return CheckAsync("", "zmm", method, loads, spills: false);
    }

    [Theory]
    [InlineData("RegisterTile`3[Lanes256,One,NoTail]:Run[Margins,NoPrefetch]", 16, false)]
    [InlineData("RegisterTile`3[Lanes256,One,NoTail]:Run[Gradient,NoPrefetch]", 8, false)]
    [InlineData("RegisterTile`3[Lanes256,Two,NoTail]:Run[Margins,NoPrefetch]", 32, false)]
    [InlineData("RegisterTile`3[Lanes256,Two,NoTail]:Run[Gradient,NoPrefetch]", 16, false)]
    [InlineData("Tile`4[Lanes256,Gradient,FourRows,OneChain]:Run[NoPrefetch,SixteenOrMore,MarginSink`1[Lanes256]]", 6, false)]
    [InlineData("ProductTile`3[Lanes256,InSingle,SixByOne]:Add", 0, false)]
    [InlineData("ProductTile`3[Lanes256,InSingle,TwoByTwo]:Add", 0, false)]
    [InlineData("ProductTile`3[Lanes256,InDouble,SixByOne]:Add", 0, false)]

    // Sixteen registers hold neither all weights, nor the sums that wait for their sixteen rows, nor the link's constants: not in the loop
    // over the columns.
    [InlineData("Tile`4[Lanes256,Margins,FourRows,OneChain]:Run[NoPrefetch,SixteenOrMore,MarginSink`1[Lanes256]]", 8, true)]
    [InlineData("RegisterTile`3[Lanes256,Four,PartialTail]:Run[Margins,NoPrefetch]", 48, true)]
    [InlineData("RegisterTile`3[Lanes256,Four,PartialTail]:Run[Gradient,NoPrefetch]", 24, true)]
    [InlineData("LinkBlock`2[Lanes256,Logit]:Whole", 3, true)]
    [InlineData("LinkBlock`2[Lanes256,Log]:Whole", 0, true)]

    // One row, from spans to its mean: nothing is called.
    [InlineData("Call:RunRow[Logit,Lanes256]", 18, false)]
    [InlineData("Call:RunRow[Identity,Lanes256]", 18, false)]

    // And a few: what of the link sixteen registers do not hold.
    [InlineData("Call:RunFewRows[Logit,Lanes256]", 10, true)]

    // One call to inline more, and this one's loss goes through five calls.
    [InlineData("OneRow`2[Lanes256,Logit]:Gradient", 9, true)]
    public Task Loops_of_256_bits(string method, int loads, bool spills) => CheckAsync("EnableAVX512=0", "ymm", method, loads, spills);

    private static readonly Dictionary<string, Task<Dictionary<string, string>>> Listings = [];

    private static async Task CheckAsync(string setting, string register, string method, int loads, bool spills, int calls = 0)
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts these processes");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "x64 only");
        Assert.SkipUnless(Simd.Width == SimdWidth.Vector512
            || (Simd.Width == SimdWidth.Vector256 && register == "ymm"), "this process has no vectors as wide");

        Task<Dictionary<string, string>> listing;
        lock (Listings)
        {
            if (!Listings.TryGetValue(setting, out listing!))
                Listings.Add(setting, listing = ListAsync(setting));
        }

        var methods = await listing;
        Assert.True(methods.TryGetValue(method, out var code), $"the JIT compiled no {method}");
        Assert.Equal(method.Contains("NearPrefetch", StringComparison.Ordinal)
            || method.Contains("FarPrefetch", StringComparison.Ordinal), Regex.IsMatch(code, @"\bprefetch"));
        Assert.Equal(calls, Regex.Count(code, @"\bcall\b(?!.*FAIL_FAST)")); // which ends the process where the stack was written over;
        if (!spills)
            Assert.DoesNotMatch($@"{register}word ptr \[r[bs]p", code);
        var found = Regex.Count(code,
            string.Create(CultureInfo.InvariantCulture, $@"vfmadd\w+ps\s+{register}\d+, {register}\d+, {register}word ptr \[r"));
        Assert.InRange(found, register == "zmm" ? Math.Max(0, loads - 2) : loads, loads); // the JIT may load up to two first
    }

    // The fully optimized code of every method in Kernels.Loops and Kernels.Rows, and of a row alone, by its name without namespaces and
    // parameters.
    private static async Task<Dictionary<string, string>> ListAsync(string setting)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] settings = ["JitStdOutFile=" + file,
                "JitDisasm=Kernels.Loops.*:* Kernels.Rows.*:* Kernels.Passes.Call:RunRow Kernels.Passes.Call:RunFewRows"];
            var (output, exitCode) =
                await FingerprintProcess.RunAsync([.. settings, .. setting.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.True(exitCode == 0, output);
            var listings = new Dictionary<string, string>();
            foreach (var listing in Heading().Split(await File.ReadAllTextAsync(file)))
            {
                var name = listing.Split('(')[0];
                foreach (var space in (ReadOnlySpan<string>)["Kernels.Loops.", "Kernels.Rows.", "Kernels.Passes.", "Kernels.Lanes.",
                    "Kernels.Links."])
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
