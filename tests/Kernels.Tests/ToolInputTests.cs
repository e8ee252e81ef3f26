using System.Text;
using Kernels.Tests.Support;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>What the tool takes, within which limits, and how it says that it does not: one short line and exit 2.</summary>
public sealed class ToolInputTests : ToolFolder
{
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
        var parquet = Write("l.parquet",
            new ParquetBytes { Columns = [[.. Enumerable.Range(0, 999)], [.. Enumerable.Range(0, 999).Select(i => i % 2)]] }.Write());
        foreach (var path in new[] { csv, parquet })
        {
            var run = await Run("train", path, "--l2", "1", "--max-memory", "2K");
            AssertOneLine(run, path);
            Assert.Contains("--max-memory raises that", run.Error, StringComparison.Ordinal);
            Assert.Equal(0, (await Run("train", path, "--l2", "1", "--max-memory", "1M")).Code);
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
        var good = ModelText(["a", "b"], "[1,2,3]", intercept: true);
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
            AssertOneLine(
                await Run("predict", Write("m.json", Encoding.UTF8.GetBytes(good.Replace(from, to, StringComparison.Ordinal))), data), to);
        }

        AssertOneLine(await Run("predict", Folder.FullName, data), "a folder");
        AssertOneLine(await Run("predict", string.Empty, data), "no path");
        AssertOneLine(await Run("predict", PathOf("g.json"), string.Empty), "no path");
        AssertOneLine(await Run("predict", PathOf("g.json"), Folder.FullName), "a folder");
        AssertOneLine(await Run("train", string.Empty), "no path");
    }

    [Theory]
    [InlineData("a,y\n1\0,1\n",
        ":2: column 'a' is '1 ', which is not a number; --drop a leaves the column out of training, --categorical a takes it for words")]
    [InlineData("a,y\n\u001b[31mred\u0007,1\n",
        ":2: column 'a' is ' [31mred ', which is not a number; --drop a leaves the column out of training, --categorical a takes "
        + "it for words")]
    [InlineData("a,y\n\"1\n2\",1\n",
        ":2: column 'a' is '1 2', which is not a number; --drop a leaves the column out of training, --categorical a takes it for words")]
    [InlineData("a\u202Eb,y\nx,1\n",
        ":2: column 'a b' is 'x', which is not a number; --drop a b leaves the column out of training, --categorical a b takes "
        + "it for words")]
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
        var model = Write("m.json", (ModelText(["a"], "[1]")));
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("a,b\n1,2\n")];
            Assert.Equal("0.7310586\n", (await Run("predict", model, Write("b.csv", bytes))).Output);
            // as Main opens standard input
            using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            Assert.Equal("0.7310586\n", (await Run(["predict", model, "-"], TestContext.Current.CancellationToken, reader)).Output);
        }
    }

    [Fact]
    public async Task Ten_thousand_columns_are_looked_up_at_once()
    {
        // No time is measured: 20,000 look-ups in a list would be 4·10⁸ comparisons of strings, minutes on a slow machine.
        string[] names = [.. Enumerable.Range(0, 20_000).Select(i => $"a rather long name of a column as they are: number {i}")];
        var header = string.Join(',', names.Reverse());
        var data = Write("w.csv", Encoding.UTF8.GetBytes(header + "\n" + string.Join(',', Enumerable.Repeat("1", names.Length)) + "\n"));
        var model = Write("w.json",
            (ModelText(names, "[" + string.Join(',', Enumerable.Repeat("1", names.Length)) + "]", link: "identity")));
        var run = await Run("predict", model, data);
        Assert.Equal((string.Empty, "20000\n"), (run.Error, run.Output));
    }

    /// <summary>A beginning, and then zeros: more than any limit, but an end, so that a limit that is missing is a failure and no
    /// hang.</summary>
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
