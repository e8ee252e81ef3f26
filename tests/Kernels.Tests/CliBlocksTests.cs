using System.Globalization;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Tests.Support;
using Kernels.Training;
using Parquet;
using Parquet.Schema;
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
    [InlineData(3)]
    [InlineData(20_000)]
    [InlineData(45_000)]
    public async Task The_first_line_that_is_wrong_is_told(int wrong)
    {
        // The later one is read by another processor at the same time.
        var bad = new Dictionary<int, string> { [wrong] = "abc", [wrong + 14_000] = "later" };
        foreach (var quote in new[] { string.Empty, "\"" })
        {
            var path = Write("w.csv", Text("\n", quote, bad));
            var run = await Run("train", path, "--drop", "text");
            Assert.Equal(2, run.Code);
            var perRow = quote.Length == 0 ? 1 : 2; // a line end in the quotes
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $":{2 + (wrong * perRow)}: column 'half' is 'abc'"), run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_record_that_lacks_a_field_is_told_and_blank_lines_are_not()
    {
        var text = Text("\n", string.Empty, new()).Replace("\n50000,", "\n\n\n50000,", StringComparison.Ordinal).Replace("\n55000,", "\n55000\n55000,", StringComparison.Ordinal);
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

    [Fact]
    public async Task A_quote_that_is_not_closed_is_told()
    {
        var text = Text("\n", string.Empty, new()).Replace("\n100,", "\n\"100,", StringComparison.Ordinal);
        var run = await Run("train", Write("q.csv", text), "--drop", "text");
        Assert.Equal(2, run.Code);
        Assert.InRange(run.Error.Length, 1, 400);
    }

    [Fact]
    public async Task Parquet_has_words_and_keys()
    {
        var random = new Random(5);
        var (colours, x, y, id) = (new string?[400], new double[400], new bool[400], new long[400]);
        var csv = new StringBuilder("id,colour,x,y\n");
        for (var i = 0; i < 400; i++)
        {
            (colours[i], x[i], id[i]) = (i % 37 == 5 ? null : ((string[])["red", "blue", "green"])[random.Next(3)], random.Next(-9, 9) * 0.25, 1_000_000_000_000L + i);
            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-x[i] - (colours[i] == "red" ? 1 : 0)));
            csv.Append(CultureInfo.InvariantCulture, $"{id[i]},{colours[i]},{x[i]},{(y[i] ? 1 : 0)}\n");
        }

        var (text, parquet) = (Write("t.csv", csv.ToString()), PathOf("t.parquet"));
        var schema = new ParquetSchema(new DataField<long>("id"), new DataField<string>("colour"), new DataField<double>("x"), new DataField<bool>("y"));
        await using (var stream = File.Create(parquet))
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            foreach (var (first, count) in new[] { (0, 150), (150, 250) })
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<long>(schema.DataFields[0], id.AsMemory(first, count));
                await group.WriteAsync(schema.DataFields[1], colours[first..(first + count)]!);
                await group.WriteAsync<double>(schema.DataFields[2], x.AsMemory(first, count));
                await group.WriteAsync<bool>(schema.DataFields[3], y.AsMemory(first, count));
                group.CompleteValidate();
            }
        }

        var (ofText, ofParquet) = (PathOf("t.json"), PathOf("p.json"));
        foreach (var (data, output) in new[] { (text, ofText), (parquet, ofParquet) })
        {
            var run = await Run("train", data, "--drop", "id", "--categorical", "colour", "--skip-nan", "--out", output);
            Assert.True(run.Code == 0, run.Error);
        }

        Assert.Equal(Model.Load(ofText).Weights, Model.Load(ofParquet).Weights);
        Assert.Equal(Model.Load(ofText).Categories![0].Levels, Model.Load(ofParquet).Categories![0].Levels);
        var scores = await Run("predict", ofText, text, "--keep", "id", "--skip-nan");
        Assert.Equal(0, scores.Code);
        Assert.Equal(scores.Output, (await Run("predict", ofText, parquet, "--keep", "id", "--skip-nan")).Output);
        Assert.StartsWith("1000000000000,", scores.Output, StringComparison.Ordinal);

        var refused = await Run("train", parquet, "--drop", "id", "--categorical", "colour");
        Assert.Equal((2, parquet + ": row 6 of row group 1: column 'colour' is no word; --skip-nan leaves out such rows\n"), (refused.Code, refused.Error));
        refused = await Run("train", parquet, "--drop", "id");
        Assert.Contains("column 'colour' holds no numbers; --drop colour", refused.Error, StringComparison.Ordinal);
    }

    private static string Text(string lineEnd, string quote, Dictionary<int, string> bad)
    {
        var text = new StringBuilder("i,half,text,y" + lineEnd);
        for (var i = 0; i < Rows; i++)
        {
            var half = bad.TryGetValue(i, out var word) ? word : (i * 0.5).ToString(CultureInfo.InvariantCulture);
            var words = quote.Length == 0 ? "some words that make the line long, " : "a \"\"word\"\", and" + lineEnd + "another, that makes the line longer";
            text.Append(CultureInfo.InvariantCulture, $"{i},{half},{quote}{(quote.Length == 0 ? words.Replace(",", ";", StringComparison.Ordinal) : words)}{quote},{i % 2}{lineEnd}");
        }

        return text.ToString();
    }
}
