using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Fingerprint;
using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Files of every format that are cut, flipped, lie about their sizes or are something else: numbers, or one short line and exit 2; never an exception, never another number.</summary>
public sealed class HostileFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernels-");

    public void Dispose() => _folder.Delete(recursive: true);

    private const string Likely = "\0\r\n\"',;:#\t -+.eE019{}[]\u00ff\u0080";

    public static TheoryData<string, int> Formats => new() { { "csv", 2500 }, { "libsvm", 2500 }, { "parquet", 3000 }, { "raw", 500 }, { "model", 1500 } };

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
            return await Run("predict", Write("x.json", Encoding.UTF8.GetBytes(Model("logit", ["x"], "[1]"))), path);
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
        var (model, path) = (Write("x.json", Encoding.UTF8.GetBytes(Model("logit", ["x"], "[1]"))), Write("x.parquet", file));
        AssertOneLine(await Task.Run(() => Run("predict", model, path)).WaitAsync(TimeSpan.FromMinutes(1)), $"byte {at}"); // no limit of speed: otherwise for ever
    }

    [Theory]
    [InlineData("1 1000001:1\n", "1000001 columns, more than 1000000; --max-columns raises that")]
    [InlineData("1 100000000:1\n", "100000000 columns, more than 1000000; --max-columns raises that")]
    [InlineData("1 1000000:1\n0 1:1\n", "2 rows of 1000000 columns take 7.6 MiB, more than 4 MiB; --max-memory raises that")]
    public async Task What_would_need_gigabytes_is_refused_with_a_limit_that_can_be_raised(string text, string reason)
    {
        var path = Write("large.txt", Encoding.UTF8.GetBytes(text));
        var run = await Run("train", path, "--max-memory", "4M");
        AssertOneLine(run, text);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_hold_for_every_format_and_can_be_raised()
    {
        var csv = Write("l.csv", Encoding.UTF8.GetBytes("a,b,c,y\n" + string.Concat(Enumerable.Repeat("1,2,3,1\n2,1,0,0\n", 200))));
        var parquet = Write("l.parquet", new ParquetBytes { Columns = [[.. Enumerable.Range(0, 999)], [.. Enumerable.Range(0, 999).Select(i => i % 2)]] }.Write());
        foreach (var path in new[] { csv, parquet })
        {
            var run = await Run("train", path, "--l2", "1", "--max-memory", "2K");
            AssertOneLine(run, path);
            Assert.Contains("--max-memory raises that", run.Error, StringComparison.Ordinal);
            Assert.Equal(0, (await Run("train", path, "--l2", "1", "--max-memory", "1M", "--max-iterations", "3")).Code);
            run = await Run("train", path, "--max-columns", "1");
            AssertOneLine(run, path);
            Assert.Contains("--max-columns raises that", run.Error, StringComparison.Ordinal);
        }

        foreach (var size in new[] { "", "x", "-1", "0", "1Q", "NaN", "1e999G" })
            AssertOneLine(await Run("train", csv, "--max-memory", size), size);
        AssertOneLine(await Run("train", csv, "--max-columns", "0"), "0 columns");
        AssertOneLine(await Run("train", Write("e.f32", []), "--columns", "100000000"), "raw shape");
    }

    [Theory]
    [InlineData("csv", "")]
    [InlineData("csv", "a,y\n\"")]
    [InlineData("libsvm", "")]
    [InlineData("libsvm", "1 1:1\n0 1:")]
    public async Task A_line_or_field_without_end_is_refused(string format, string beginning)
    {
        using var endless = new Long(beginning);
        var run = await Run(["train", "-", "--format", format], TestContext.Current.CancellationToken, endless);
        AssertOneLine(run, format);
        Assert.Contains("of more than", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_that_are_none_are_refused()
    {
        var data = Write("d.csv", "a,b\n1,2\n"u8.ToArray());
        var good = Model("logit", ["a", "b"], "[1,2,3]", intercept: true);
        Assert.Equal(0, (await Run("predict", Write("g.json", Encoding.UTF8.GetBytes(good)), data)).Code);
        foreach (var (from, to) in new[]
        {
            ($"\"arithmeticContract\":{ArithmeticContract.Version}", "\"arithmeticContract\":999"),
            ($"\"arithmeticContract\":{ArithmeticContract.Version}", "\"arithmeticContract\":1"),
            ($"\"arithmeticContract\":{ArithmeticContract.Version},", string.Empty),
            ("\"link\":\"logit\",", string.Empty),
            ("\"logit\"", "\"probit\""),
            ("\"logit\"", "null"),
            ("\"features\":[\"a\",\"b\"],", string.Empty),
            ("[\"a\",\"b\"]", "null"),
            ("[\"a\",\"b\"]", "[\"a\",null]"),
            ("\"intercept\":true,", string.Empty),
            ("true", "false"),
            (",\"weights\":[1,2,3]", string.Empty),
            ("[1,2,3]", "[1,2]"),
            ("[1,2,3]", "[1,\"NaN\",3]"),
            ("[1,2,3]", "[1,NaN,3]"),
            ("[1,2,3]", "[1,\"Infinity\",3]"),
            ("[1,2,3]", "[1,1e39,3]"),
            ("[1,2,3]", "[1,-1e39,3]"),
            ("[1,2,3]", "[1,2,3],\"weights\":[3,2,1]"),
            ("[1,2,3]", "[1,2,3]}{"),
        })
        {
            Assert.Contains(from, good, StringComparison.Ordinal);
            AssertOneLine(await Run("predict", Write("m.json", Encoding.UTF8.GetBytes(good.Replace(from, to, StringComparison.Ordinal))), data), to);
        }

        AssertOneLine(await Run("predict", _folder.FullName, data), "a folder");
        AssertOneLine(await Run("predict", string.Empty, data), "no path");
        AssertOneLine(await Run("predict", PathOf("g.json"), string.Empty), "no path");
        AssertOneLine(await Run("predict", PathOf("g.json"), _folder.FullName), "a folder");
        AssertOneLine(await Run("train", string.Empty), "no path");
    }

    [Theory]
    [InlineData("a,y\n1\0,1\n", ":2: column 'a' is '1 ', which is not a number")]
    [InlineData("a,y\n\u001b[31mred\u0007,1\n", ":2: column 'a' is ' [31mred ', which is not a number")]
    [InlineData("a,y\n\"1\n2\",1\n", ":3: column 'a' is '1 2', which is not a number")]
    [InlineData("a\u202Eb,y\nx,1\n", ":2: column 'a b' is 'x', which is not a number")]
    public async Task What_a_file_holds_does_not_get_to_the_terminal(string text, string reason)
    {
        var path = Write("c.csv", Encoding.UTF8.GetBytes(text));
        var run = await Run("train", path);
        Assert.Equal((2, path + reason + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_message_is_short_whatever_the_file_or_the_command_line_holds()
    {
        var field = Write("f.csv", Encoding.UTF8.GetBytes("a,y\n" + new string('q', 60_000) + ",1\n"));
        AssertOneLine(await Run("train", field), "a long field");
        var header = Write("h.csv", Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 100_000)) + "\n"));
        AssertOneLine(await Run("train", header, "--target", "no"), "a long header");
        AssertOneLine(await Run("train", "--format", "fly\n" + new string('x', 100_000)), "a long option");
        AssertOneLine(await Run("train", "--optimizer", "fly\n\u001b" + new string('x', 100_000)), "a long option");
        AssertOneLine(await Run("train", new string('x', 100_000)), "a long path");
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped()
    {
        var model = Write("m.json", Encoding.UTF8.GetBytes(Model("logit", ["a"], "[1]")));
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("a,b\n1,2\n")];
            Assert.Equal("0.7310586\n", (await Run("predict", model, Write("b.csv", bytes))).Output);
            using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true); // as Main opens standard input
            Assert.Equal("0.7310586\n", (await Run(["predict", model, "-"], TestContext.Current.CancellationToken, reader)).Output);
        }
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
        var blocks = new DatasetBlocks(data, data.Targets<Logit>(), intercept: true);
        Assert.Equal(StopReason.IterationLimit, Lbfgs.MinimizeBlocks<Logit>(blocks, new float[8], new() { MaxIterations = 2, MaxDegreeOfParallelism = threads }).Reason);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            RandomAccess.SetLength(file, 4096 + 2);
        var e = Assert.Throws<DataException>(() => Lbfgs.MinimizeBlocks<Logit>(blocks, new float[8], new() { MaxIterations = 2, MaxDegreeOfParallelism = threads }));
        Assert.Contains("it was longer when it was opened", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_columns_are_looked_up_at_once()
    {
        // No time is measured: 20,000 look-ups in a list would be 4·10⁸ comparisons of strings, minutes on a slow machine.
        string[] names = [.. Enumerable.Range(0, 20_000).Select(i => $"a rather long name of a column as they are: number {i}")];
        var header = string.Join(',', names.Reverse());
        var data = Write("w.csv", Encoding.UTF8.GetBytes(header + "\n" + string.Join(',', Enumerable.Repeat("1", names.Length)) + "\n"));
        var model = Write("w.json", Encoding.UTF8.GetBytes(Model("identity", names, "[" + string.Join(',', Enumerable.Repeat("1", names.Length)) + "]")));
        var run = await Run("predict", model, data);
        Assert.Equal((string.Empty, "20000\n"), (run.Error, run.Output));
    }

    internal static void AssertOneLine((int Code, string Output, string Error) run, string what)
    {
        Assert.True(run.Code == 2, $"{what}: exit {run.Code}, {run.Output}");
        Assert.True(run.Error.EndsWith('\n') && run.Error.Length is > 1 and <= 402, $"{what}: {run.Error.Length} characters: {run.Error}");
        Assert.DoesNotContain(run.Error[..^1], char.IsControl);
        Assert.False(run.Error.Contains("should not have happened", StringComparison.Ordinal), $"{what}: {run.Error}");
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
            Assert.All(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.True(float.TryParse(line, CultureInfo.InvariantCulture, out _), $"{what}: {line}"));
    }

    private static byte[] Honest(string format) => format switch
    {
        "csv" => "x,y\n1,2.5\n-3e2,4\n\"5\", 6\n"u8.ToArray(),
        "libsvm" => "1 1:1 2:2.5\n0 1:-3e2 # no\n+1 2:6\n"u8.ToArray(),
        "parquet" => new ParquetBytes().Write(),
        "raw" => MemoryMarshal.AsBytes<float>([1, 2.5f, -300, 4, 5, 6]).ToArray(),
        _ => Encoding.UTF8.GetBytes(Model("logit", ["x", "y"], "[1,-0.5]")),
    };

    private static byte[] Damaged(byte[] honest, SplitMix random, bool elsewhereEncoded)
    {
        var bytes = elsewhereEncoded
            ? new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 }[random.Between(0, 2)].GetBytes(Encoding.Latin1.GetString(honest))
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

    private static string Model(string link, string[] features, string weights, bool intercept = false) =>
        $$"""{"link":"{{link}}","arithmeticContract":{{ArithmeticContract.Version}},"features":[{{string.Join(',', features.Select(name => $"\"{name}\""))}}],"intercept":{{(intercept ? "true" : "false")}},"weights":{{weights}}}""";

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, byte[] bytes)
    {
        var path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A beginning, and then zeros: more than any limit, but an end, so that a limit that is missing is a failure and no hang.</summary>
    private sealed class Long(string beginning) : TextReader
    {
        private int _at;

        public override int Read(char[] buffer, int index, int count)
        {
            const int Most = 1 << 26;
            if (_at >= Most)
                return 0;
            for (var i = 0; i < count; i++, _at++)
                buffer[index + i] = _at < beginning.Length ? beginning[_at] : '0';
            return count;
        }
    }
}
