using System.Globalization;
using System.IO.Compression;
using System.Text;
using Kernels.Cli.Commands;
using Kernels.Cli.Data;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>The files that people have: text columns, blank lines, booleans, commas, compressed ones.</summary>
public sealed class CliFilesTests : ToolFolder
{
    private const string Rows = "x,z,y\n1,5,0\n2,3,1\n3,8,1\n4,1,0\n5,9,0\n6,2,1\n7,4,1\n8,6,0\n";

    [Theory]
    [InlineData("--drop code,when")]
    [InlineData("--drop code --drop when")]
    [InlineData("--drop 1,4")]
    [InlineData("--drop c*,w*")]
    [InlineData("--features x,z")]
    [InlineData("--features 2-3")]
    public async Task Columns_can_be_left_out_or_chosen(string options)
    {
        var lines = Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var export =
            Write("e.csv",
            string.Join('\n', lines.Select((line, i) => line.Split(',') is var f && i == 0
            ? "code,x,z,when,y"
            : $"A-{i},{f[0]},{f[1]},2024-01-0{i},{f[2]}")));
        var (plain, dropped) = (PathOf("p.json"), PathOf("d.json"));
        Assert.Equal(0, (await Run("train", Write("r.csv", Rows), "--out", plain)).Code);
        var run = await Run(["train", export, .. options.Split(' '), "--out", dropped]);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(Model.Load(plain).Weights, Model.Load(dropped).Weights);
        Assert.Equal(["x", "z"], Model.Load(dropped).Features);
        Assert.Equal(8, (await Run("predict", dropped, export)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        AssertOneLine(await Run("train", export, "--drop", "nothing"), "no such column");
        AssertOneLine(await Run("train", export, "--drop", "n*"), "no such columns");
    }

    [Theory]
    [InlineData("True", "False")]
    [InlineData("yes", "no")]
    [InlineData("TRUE", "FALSE")]
    public async Task Booleans_are_labels_and_features(string one, string zero)
    {
        var (numbers, words) =
            (Write("n.csv", Rows),
            Write("w.csv", string.Join('\n', Rows.Split('\n')
            .Select((line, i) => i == 0 || line.Length == 0 ? line : line[..^1] + (line[^1] == '1' ? one : zero)))));
        var (left, right) = (await Run("train", numbers), await Run("train", words));
        Assert.Equal(0, right.Code);
        Assert.Equal(Deviance(left.Output), Deviance(right.Output));

        // The words are the model's.
        var model = PathOf("words.json");
        Assert.Equal(0, (await Run("train", words, "--out", model)).Code);
        Assert.Equal([zero, one], Model.Load(model).LabelWords);
        var classes = (await Run("predict", model, words, "--class")).Output.TrimEnd('\n').Split('\n');
        Assert.Equal([one, zero], classes.Distinct().OrderBy(word => word == zero));
        Assert.Contains($"{zero} counts as 0, {one} as 1", (await Run("info", model)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("evaluate", model, words)).Code);
        var flag = Write("b.csv", $"flag,y\n{one},1\n{zero},0\n{one},0\n{zero},1\n{one},1\n");
        Assert.Equal(Deviance((await Run("train", Write("c.csv", "flag,y\n1,1\n0,0\n1,0\n0,1\n1,1\n"))).Output),
            Deviance((await Run("train", flag)).Output));
    }

    [Fact]
    public async Task A_decimal_comma_is_read_with_semicolons_or_where_it_is_asked_for()
    {
        var (comma, point) = (Write("c.csv", "x;y\n1,5;0\n2,25;1\n3;0\n4,75;1\n"), Write("p.csv", "x;y\n1.5;0\n2.25;1\n3;0\n4.75;1\n"));
        var right = Deviance((await Run("train", point)).Output);
        Assert.Equal(right, Deviance((await Run("train", comma)).Output));
        Assert.Equal(right, Deviance((await Run("train", comma, "--decimal", ",")).Output));
        var tabs = Write("t.csv", "x\ty\n1,5\t0\n2,25\t1\n3\t0\n4,75\t1\n");
        Assert.Equal(right, Deviance((await Run("train", tabs, "--decimal", ",")).Output));
        AssertOneLine(await Run("train", tabs), "no semicolons");
        AssertOneLine(await Run("train", comma, "--decimal", "."), "a point");
    }

    [Theory]
    [InlineData(":", ":")]
    [InlineData("\t", "tab")]
    [InlineData("|", null)]
    [InlineData(" ", "space")]
    public async Task Fields_are_parted_by_what_is_said_or_found(string delimiter, string? option)
    {
        var path = Write("d.csv", Rows.Replace(",", delimiter, StringComparison.Ordinal));
        var run = await Run(["train", path, .. option is null ? Array.Empty<string>() : ["--delimiter", option]]);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(Deviance((await Run("train", Write("r.csv", Rows))).Output), Deviance(run.Output));
        AssertOneLine(await Run("train", path, "--delimiter", "5"), "a digit");
        AssertOneLine(await Run("train", path, "--delimiter", "::"), "two");
    }

    [Theory]
    [InlineData("NA")]
    [InlineData("n/a")]
    [InlineData("#N/A")]
    [InlineData("<NA>")]
    [InlineData("None")]
    [InlineData("null")]
    [InlineData("?")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("-", "--missing", "-,none given")]
    [InlineData("None Given", "--missing", "-,none given")]
    public async Task Words_for_what_is_missing_are_known(string word, params string[] options)
    {
        var path = Write("m.csv", Rows + $"{word},3,1\n");
        var run = await Run(["train", path, .. options]);
        AssertOneLine(run, word);
        Assert.Contains("--skip-nan", run.Error, StringComparison.Ordinal);
        run = await Run(["train", path, "--skip-nan", .. options]);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(Deviance((await Run("train", Write("r.csv", Rows))).Output), Deviance(run.Output));
    }

    [Theory]
    [InlineData("12abc")]
    [InlineData("1,5")]
    [InlineData("1\0")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    public void What_begins_as_a_number_is_none(string text)
    {
        Assert.False(Number.TryParse(text, out float _));
        Assert.False(Number.TryParse(text, out double _));
    }

    [Fact]
    public void Numbers_are_rounded_once()
    {
        // Beside the runtime's parser; and halfway between floats, where a float64 between would round twice.
        var random = new SplitMix(77);
        for (var i = 0; i < 200_000; i++)
        {
            var bits = BitConverter.UInt32BitsToSingle((uint)random.Between(0, int.MaxValue));
            var text = (i % 4) switch
            {
                0 => ((double)bits).ToString("R", CultureInfo.InvariantCulture),
                1 => bits.ToString("E" + random.Between(0, 20), CultureInfo.InvariantCulture),
                2 => (((double)bits + MathF.BitIncrement(bits)) / 2).ToString("R", CultureInfo.InvariantCulture) + "00001",
                _ => (random.PlusMinusOne() * Math.Pow(10, random.Between(-12, 12)))
                    .ToString("F" + random.Between(0, 17), CultureInfo.InvariantCulture),
            };
            Assert.Equal(float.TryParse(text, CultureInfo.InvariantCulture, out var single), Number.TryParse(text, out float value));
            Assert.Equal(BitConverter.SingleToInt32Bits(single), BitConverter.SingleToInt32Bits(value));
            Assert.True(double.TryParse(text, CultureInfo.InvariantCulture, out var wide) == Number.TryParse(text, out double precise)
                && wide.Equals(precise), text);
        }
    }

    [Theory]
    [InlineData("r.csv.gz")]
    [InlineData("packed.csv")]
    public async Task A_compressed_file_is_read(string name)
    {
        var path = PathOf(name);
        await using (var stream = new GZipStream(File.Create(path), CompressionLevel.Optimal))
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Rows), TestContext.Current.CancellationToken);
        var run = await Run("train", path);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(Deviance((await Run("train", Write("r.csv", Rows))).Output), Deviance(run.Output));

        // A part of one is no file.
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        foreach (var cut in new[] { 1, 4, 8, 9, 12, 20, bytes.Length - 2 })
            AssertOneLine(await Run("train", Write("short.csv.gz", bytes[..^cut])), "short.csv.gz");
        AssertOneLine(await Run("train", Write("longer.csv.gz", [.. bytes, .. "junk"u8])), "longer.csv.gz");

        // Two members are one text.
        var rest = Packed("9,7,1\n10,2,0\n");
        Assert.Contains("10 rows", (await Run("train", Write("two.csv.gz", [.. bytes, .. rest]))).Output, StringComparison.Ordinal);
        AssertOneLine(await Run("train", Write("cut.csv.gz", bytes[..(bytes.Length / 2)])), "cut");
        bytes[bytes.Length / 2] ^= 0x55;
        AssertOneLine(await Run("train", Write("damaged.csv.gz", bytes)), "damaged");
        AssertOneLine(await Run("train", Write("p.parquet.gz", bytes)), "Parquet");
    }

    [Theory]
    [InlineData("a.txt", "x\ty\n1\t0\n2\t1\n3\t0\n4\t1\n", "Csv")]
    [InlineData("b.txt", "1,0\n", "Csv")]
    [InlineData("c.data", "0 1:1 # comment\n1 1:2\n0 1:3\n1 1:4\n", "LibSvm")]
    [InlineData("d", "\n0 qid:3 1:1\n1 1:2\n0 1:3\n1 1:4\n", "LibSvm")]
    [InlineData("e.txt", "0\n1\n", "LibSvm")]
    public async Task A_text_of_another_name_is_looked_at_and_what_it_was_taken_for_is_said(string name, string text, string format)
    {
        var path = Write(name, text);
        Assert.Equal(format, FormatLook.Of(new StringReader(text)).ToString());
        var run = await Run("train", path, "--no-intercept");
        if (text.Length > 10)
            Assert.Contains($"{path} (read as {format}; --format says otherwise): 4 rows, 1 features", run.Output,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sparse_rows_that_are_too_large_when_dense_give_the_same_model()
    {
        // 3000 × 400 is 4.8 MB, and 70 kB where zeros are left out.
        var (random, text) = (new SplitMix(4), new StringBuilder());
        for (var i = 0; i < 3000; i++)
        {
            var (first, second) = (random.Between(1, 199), random.Between(200, 400));
            text.Append(CultureInfo.InvariantCulture, $"{random.Between(0, 1)} {first}:{random.PlusMinusOne():F4} {second}:1\n");
        }

        var (path, dense, sparse) = (Write("s.svm", text + "1 400:0.5\n"), PathOf("dense.json"), PathOf("sparse.json"));
        foreach (var (output, memory) in new[] { (dense, "1G"), (sparse, "2M") })
        {
            var run = await Run("train", path, "--l2", "1", "--out", output, "--max-memory", memory);
            Assert.Equal((0, string.Empty), (run.Code, run.Error));
        }

        Assert.Equal(Model.Load(dense).Weights, Model.Load(sparse).Weights);
        AssertOneLine(await Run("train", path, "--max-memory", "20K"), "too small");
        AssertOneLine(await Run("train", path, "--max-memory", "2M", "--test-fraction", "0.5"), "held out");
    }

    [Fact]
    public async Task Progress_is_lines_where_it_is_asked_for_and_nothing_else()
    {
        var display = new Display(null, new StringWriter());
        var seen = display.Reading(progress =>
        {
            progress!.Begin(1000);
            progress.AddBytes(250);
            progress.AddRows(1_234_567);
            return Display.Text(progress, System.Diagnostics.Stopwatch.GetTimestamp() - (2 * System.Diagnostics.Stopwatch.Frequency),
                withRest: true);
        });
        Assert.Equal("reading  1,234,567 rows  0 MB/s  6 s left", seen);
        var path = Write("p.csv", Rows);
        foreach (var option in new[] { "--quiet", "--progress" })
        {
            var run = await Run("train", path, option);
            Assert.Equal((0, option == "--quiet"), (run.Code, run.Error.Length == 0));
            Assert.DoesNotContain("pass 1", run.Output, StringComparison.Ordinal);
        }

        AssertOneLine(await Run("train", path, "--quiet", "--progress"), "both");
        Assert.DoesNotContain("pass ", (await Run("train", path)).Output.Split("stopped")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_row_of_one_column_has_its_line()
    {
        var model = Write("m.json", ModelText(["x"], "[1]"));
        var run = await Run("predict", model, Write("r.csv", "x\n1\n\n2\n\n\n"), "--skip-nan");
        Assert.Equal(["0.7310586", "NaN", "0.8807971"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        run = await Run("predict", model, Write("r.csv", "x\n1\n\n2\n"));
        AssertOneLine(run, "a gap");
        Assert.Contains(":3: column 'x' is ''", run.Error, StringComparison.Ordinal);

        // In a file of several columns an empty line is nothing.
        run = await Run("train", Write("s.csv", "x,y\n\n1,0\n2,1\n\n3,0\n4,1\n\n"));
        Assert.Equal(0, run.Code);
        Assert.Contains(": 4 rows", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_there_twice_is_no_name()
    {
        var model = Write("m.json", ModelText(["a"], "[1]"));
        AssertOneLine(await Run("predict", model, Write("d.csv", "a,a\n1,2\n")), "a feature");
        Assert.Equal(0, (await Run("predict", model, Write("o.csv", "a,b,b\n1,2,3\n"))).Code);
        var twice = Write("t.csv", "a,a,y\n1,9,0\n2,8,1\n3,7,0\n4,6,1\n");
        var run = await Run("train", twice);
        AssertOneLine(run, "both");
        Assert.Contains("'a'", run.Error, StringComparison.Ordinal);
        AssertOneLine(await Run("train", twice, "--drop", "2"), "one of two");
        Assert.Equal(0, (await Run("train", Write("u.csv", "a,b,b,y\n1,2,3,0\n2,3,4,1\n3,5,6,1\n4,7,8,0\n"), "--drop", "b")).Code);
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static double Deviance(string output) => double.Parse(
        output.Split('\n').First(line => line.StartsWith("deviance", StringComparison.Ordinal))["deviance".Length..].Trim(),
        CultureInfo.InvariantCulture);
}
