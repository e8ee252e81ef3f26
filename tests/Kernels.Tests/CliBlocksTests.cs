using System.Globalization;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Tests.Support;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Files of more than one block, which processors read side by side: the same rows, and the first line that is wrong.</summary>
public sealed class CliBlocksTests : ToolFolder
{
    // Some 5 MB: five blocks of text.
    private const int Rows = 60_000;

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("\r", "")]
    [InlineData("\n", "\"")]
    [InlineData("\r\n", "\"")]
    public void All_rows_are_read_in_their_order(string lineEnd, string quote)
    {
        var path = Write("b.csv", Text(lineEnd, quote, new()));
        var read = DataReader.Read(path, new ReadOptions { Dropped = ["text"] });
        Assert.Equal(Rows, read.Rows);
        var block = read.Blocks[0];
        for (var i = 0; i < Rows; i++)
        {
            var row = block.Values.Read(i, 1);
            Assert.Equal((i, i * 0.5f, i % 2), ((int)row[0], row[1], (int)block.Labels![i]));
        }
    }

    [Theory]
    [InlineData(3, "\n")]
    [InlineData(20_000, "\n")]
    [InlineData(45_000, "\n")]
    [InlineData(45_000, "\r\n")]
    [InlineData(45_000, "\r")]
    public async Task The_first_line_that_is_wrong_is_told(int wrong, string lineEnd)
    {
        // The later one is read by another processor at the same time.
        var bad = new Dictionary<int, string> { [wrong] = "abc", [wrong + 14_000] = "later" };
        foreach (var quote in new[] { string.Empty, "\"" })
        {
            var path = Write("w.csv", Text(lineEnd, quote, bad));
            var run = await Run("train", path, "--drop", "text");
            Assert.Equal(2, run.Code);
            var perRow = quote.Length == 0 ? 1 : 2; // a line end in the quotes
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $":{2 + (wrong * perRow)}: column 'half' is 'abc'"), run.Error,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_record_that_lacks_a_field_is_told_and_blank_lines_are_not()
    {
        var text = Text("\n", string.Empty, new()).Replace("\n50000,", "\n\n\n50000,", StringComparison.Ordinal)
            .Replace("\n55000,", "\n55000\n55000,", StringComparison.Ordinal);
        var run = await Run("train", Write("f.csv", text), "--drop", "text");
        Assert.Equal(2, run.Code);
        Assert.Contains(":55004: 1 columns where the first line has 4", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scores_are_one_a_row_in_order()
    {
        var model = Write("m.json", """{"link":"identity","arithmeticContract":2,"features":["i"],"intercept":false,"weights":[1]}""");
        var run = await Run("predict", model, Write("p.csv", Text("\n", "\"", new())));
        Assert.Equal(0, run.Code);
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => i.ToString(CultureInfo.InvariantCulture)), run.Output.TrimEnd('\n').Split('\n'));
    }

    // Scores are written as they are made: rows of all blocks together may take more than --max-memory. A fit keeps them.
    [Fact]
    public async Task The_limit_is_of_what_is_kept()
    {
        var path = Write("l.csv", Text("\n", string.Empty, new()));
        var model = Write("m.json", """{"link":"identity","arithmeticContract":2,"features":["i"],"intercept":false,"weights":[1]}""");
        var run = await Run("predict", model, path, "--max-memory", "200K");
        Assert.Equal((0, Rows), (run.Code, run.Output.Count(c => c == '\n')));
        run = await Run("train", path, "--drop", "text", "--max-memory", "200K");
        Assert.Equal(2, run.Code);
        Assert.Contains("--max-memory raises that", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_is_told()
    {
        var text = Text("\n", string.Empty, new()).Replace("\n100,", "\n\"100,", StringComparison.Ordinal);
        var run = await Run("train", Write("q.csv", text), "--drop", "text");
        Assert.Equal(2, run.Code);
        Assert.InRange(run.Error.Length, 1, 400);
    }

    // Two words are known before several threads read on: which is the third does not depend on who comes first.
    [Fact]
    public void The_first_label_that_is_a_third_is_told()
    {
        var text = new StringBuilder("x,text,y\n");
        for (var i = 0; i < Rows; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i},{new string('t', 60)},{(i >= 45_000 ? "L" : i >= 44_000 ? "B" : "M")}\n");
        var path = Write("l.csv", text.ToString());
        for (var repeat = 0; repeat < 20; repeat++)
        {
            var wrong = Assert.Throws<DataException>(
                () => DataReader.Read(path, new ReadOptions { LabelsMayBeWords = true, Dropped = ["text"] }));
            Assert.Contains(":45002: column 'y' is 'L', a third label after 'M' and 'B'", wrong.Message, StringComparison.Ordinal);
        }
    }

    private static string Text(string lineEnd, string quote, Dictionary<int, string> bad)
    {
        var text = new StringBuilder("i,half,text,y" + lineEnd);
        for (var i = 0; i < Rows; i++)
        {
            var half = bad.TryGetValue(i, out var word) ? word : (i * 0.5).ToString(CultureInfo.InvariantCulture);
            var words = quote.Length == 0
                ? "some words that make the line long, "
                : "a \"\"word\"\", and" + lineEnd + "another, that makes the line longer";
            if (quote.Length == 0)
                words = words.Replace(",", ";", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{i},{half},{quote}{words}{quote},{i % 2}{lineEnd}");
        }

        return text.ToString();
    }
}
