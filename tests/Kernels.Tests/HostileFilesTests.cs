using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Files of every format that are cut, flipped, lie about their sizes or are something else: numbers, or one short line and exit
/// 2; never an exception, never another number.</summary>
public sealed class HostileFilesTests : ToolFolder
{
    private const string Likely = "\0\r\n\"',;:#\t -+.eE019{}[]\u00ff\u0080";

    public static TheoryData<string, int> Formats => new()
    {
        { "csv", 2500 }, { "libsvm", 2500 }, { "parquet", 3000 }, { "raw", 500 }, { "model", 1500 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Ten_thousand_damaged_files_get_numbers_or_one_line(string format, int cases)
    {
        var (honest, random) = (Honest(format), new SplitMix(2025));
        for (var i = 0; i < HostileCases.Of(cases); i++)
        {
            // Every cut first; then flips, runs of one byte, insertions, other encodings.
            var bytes = i <= honest.Length ? honest[..i] : Damaged(honest, random, format != "parquet" && i % 5 == 4);
            await CheckOneLine(format, bytes, $"{format} case {i}");
        }
    }

    [Fact]
    public async Task Parquet_is_read_as_it_is_or_not_at_all()
    {
        var honest = await Predictions(new ParquetBytes());
        Assert.Equal((0, "0.7310586\n0.8807971\n0.95257413\n"), (honest.Code, honest.Output));
        foreach (var bytes in new[] { 1, 400, 500, 520, 3000, 60_000 })
        {
            var longer = await Predictions(new() { PageStatistics = bytes });
            Assert.Equal((bytes, 0, honest.Output), (bytes, longer.Code, longer.Output));
        }

        var lies = new List<(string What, ParquetBytes File)>();
        foreach (var n in new long[] { -5, -1, 0, 1, 2, 4, 5, 1000, int.MaxValue, 1L << 40, long.MaxValue, long.MinValue })
        {
            lies.Add(($"group of {n} rows", new() { GroupRows = n, FileRows = 3 }));
            lies.Add(($"chunks of {n} values", new() { ChunkValues = n }));
            lies.Add(($"a file of {n} rows", new() { FileRows = n }));
            lies.Add(($"group and chunks of {n}", new() { GroupRows = n, ChunkValues = n }));
            lies.Add(($"a page at {n}", new() { PageOffset = n }));
            if (n is >= int.MinValue and <= int.MaxValue)
            {
                lies.Add(($"pages of {n} values", new() { PageValues = (int)n }));
                lies.Add(($"all of {n}", new() { GroupRows = n, ChunkValues = n, PageValues = (int)n }));
                lies.Add(($"pages of {n} bytes", new() { CompressedPageSize = (int)n, UncompressedPageSize = (int)n }));
                lies.Add(($"pages of {n} bytes uncompressed", new() { UncompressedPageSize = (int)n }));
                lies.Add(($"a footer of {n} bytes", new() { FooterLength = (int)n }));
            }
        }

        lies.AddRange(Enumerable.Range(1, 9).Select(codec => ($"codec {codec}", new ParquetBytes { Codec = codec })));
        lies.AddRange(Enumerable.Range(1, 8).Select(encoding => ($"encoding {encoding}", new ParquetBytes { PageEncoding = encoding })));
        lies.Add(("no columns", new() { Columns = [], Names = [], GroupRows = 3 }));
        foreach (var (what, file) in lies)
        {
            var run = await Predictions(file);
            if (run.Code == 0 && !what.StartsWith("a file of", StringComparison.Ordinal))
                Assert.Equal((what, honest.Output), (what, run.Output));
            else
                AssertOneLine(run, what);
        }

        Assert.InRange(lies.Count, 90, int.MaxValue);

        async Task<(int Code, string Output, string Error)> Predictions(ParquetBytes file)
        {
            var path = Write("lie.parquet", file.Write());
            return await Run("predict", Write("x.json", Encoding.UTF8.GetBytes(ModelText(["x"], "[1]"))), path);
        }
    }

    // Offsets in the 195 bytes of the honest file, whose footer is bytes 86 to 186.
    [Theory]
    [InlineData(186, 0x01)] // the footer's last byte: a struct that does not end
    [InlineData(186, 0x10)] // a field without a type
    [InlineData(86, 0x17)] // its first field: a double where a number of 32 bits belongs
    [InlineData(88, 0x16)] // its schema: a number where a list belongs
    [InlineData(16, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17)] // doubles in a page's header
    public async Task Damage_that_makes_the_library_read_for_ever_is_refused(int at, params int[] bytes)
    {
        var file = new ParquetBytes().Write();
        Assert.Equal((195, 0x15, 0), (file.Length, file[86], file[186]));
        for (var i = 0; i < bytes.Length; i++)
            file[at + i] = (byte)bytes[i];
        var (model, path) = (Write("x.json", Encoding.UTF8.GetBytes(ModelText(["x"], "[1]"))), Write("x.parquet", file));
        // no limit of speed: otherwise for ever
        AssertOneLine(await Task.Run(() => Run("predict", model, path)).WaitAsync(TimeSpan.FromMinutes(1)), $"byte {at}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Raw_files_that_are_cut_while_they_are_read_get_one_line(int threads)
    {
        var values = new float[8192 * 8];
        new SplitMix(1).Fill(values, 1f);
        for (var i = 7; i < values.Length; i += 8)
            values[i] = i % 16 < 8 ? 1 : 0;
        var path = Write("cut.f32", MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        var data = DataReader.Read(path, new ReadOptions(RawColumns: 8) { MaxBytes = 40 << 10 });
        Assert.True(data.Blocks.Count > 4);
        var blocks = new DatasetBlocks(data, data.Targets<Logit>().Targets, intercept: true);
        Assert.Equal(StopReason.IterationLimit,
            Lbfgs.MinimizeBlocks<Logit>(blocks, new float[8], new() { MaxIterations = 2, MaxDegreeOfParallelism = threads }).Reason);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            RandomAccess.SetLength(file, 4096 + 2);
        var e = Assert.Throws<DataException>(() => Lbfgs.MinimizeBlocks<Logit>(blocks, new float[8], new()
        {
            MaxIterations = 2,
            MaxDegreeOfParallelism = threads,
        }));
        Assert.Contains("it was longer when it was opened", e.Message, StringComparison.Ordinal);
    }

    private async Task CheckOneLine(string format, byte[] bytes, string what)
    {
        var file = Write("damaged", format == "model" ? Honest("csv") : bytes);
        var model = Write("model.json", format == "model" ? bytes : Honest("model"));
        string[] arguments = ["predict", model, file, "--format", format == "model" ? "csv" : format, "--max-memory", "16M"];
        var run = await Run(format == "raw" ? [.. arguments, "--columns", "2"] : arguments);
        if (run.Code != 0)
            AssertOneLine(run, what);
        else
            Assert.All(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
                Assert.True(float.TryParse(line, CultureInfo.InvariantCulture, out _), $"{what}: {line}"));
    }

    private static byte[] Honest(string format) => format switch
    {
        "csv" => "x,y\n1,2.5\n-3e2,4\n\"5\", 6\n"u8.ToArray(),
        "libsvm" => "1 1:1 2:2.5\n0 1:-3e2 # no\n+1 2:6\n"u8.ToArray(),
        "parquet" => new ParquetBytes().Write(),
        "raw" => MemoryMarshal.AsBytes<float>([1, 2.5f, -300, 4, 5, 6]).ToArray(),
        _ => Encoding.UTF8.GetBytes(ModelText(["x", "y"], "[1,-0.5]")),
    };

    private static byte[] Damaged(byte[] honest, SplitMix random, bool elsewhereEncoded)
    {
        var bytes = elsewhereEncoded
            ? new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 }[random.Between(0, 2)]
                .GetBytes(Encoding.Latin1.GetString(honest))
            : (byte[])honest.Clone();
        for (var n = random.Between(1, 3); n > 0 && bytes.Length > 0; n--)
        {
            var at = random.Between(0, bytes.Length - 1);
            switch (random.Between(0, 3))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Between(0, 7));
                    break;
                case 1:
                    bytes.AsSpan(at, Math.Min(bytes.Length - at, random.Between(1, 9))).Fill((byte)random.Between(0, 255));
                    break;
                case 2:
                    bytes = [.. bytes[..at], .. bytes[random.Between(0, at)..], .. new byte[random.Between(0, 3)]];
                    break;
                default:
                    bytes[at] = (byte)Likely[random.Between(0, Likely.Length - 1)];
                    break;
            }
        }

        return bytes;
    }
}
