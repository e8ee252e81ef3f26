using System.Globalization;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Tests.Support;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>LIBSVM files of more than one block, which processors read side by side.</summary>
public sealed class CliLibSvmTests : ToolFolder
{
    private const int Rows = 60_000;

    // Rows that are dense, that are sparse, and that begin with few columns; lines that say nothing, and what programs do not
    // write.
    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 1)]
    [InlineData("\r", 1)]
    [InlineData("\n", 40)]
    public void Rows_are_read_in_their_order(string lineEnd, int spread)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i % 2} qid:{i} {1}:{i}\t{1 + spread}:-{i}.5e-1  ")
                .Append(CultureInfo.InvariantCulture, $"{1 + (2 * spread)}:+0.25 {1 + (3 * spread)}:-0");
            if (i == Rows - 1)
                text.Append(" 150:7");
            text.Append(i % 1000 == 7 ? " # a comment" : string.Empty).Append(lineEnd);
            text.Append(i % 5000 == 9 ? "  # alone" + lineEnd + lineEnd : string.Empty);
        }

        var path = Write("b.svm", text.ToString());
        var dense = DataReader.Read(path, new ReadOptions());
        var sparse = DataReader.Read(path, new ReadOptions { MaxBytes = 10_000_000 });
        Assert.Single(dense.Blocks);
        Assert.InRange(sparse.Blocks.Count, 2, 100);
        var model = DataReader.ReadFor(path, new ReadOptions(), ColumnNames.Numbered(150), labeled: true);
        foreach (var blocks in new[] { dense.Blocks, sparse.Blocks, [.. model] })
        {
            var i = 0;
            foreach (var block in blocks)
            {
                for (var k = 0; k < block.Rows; k++, i++)
                {
                    var row = block.Values.Read(k, 1);
                    Assert.Equal(150, row.Length);
                    Assert.Equal((i, (float)(i + 0.5) * -0.1f, 0.25f), ((int)row[0], row[spread], row[2 * spread]), (a, b) =>
                        a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) <= 1e-7f * i && a.Item3 == b.Item3);
                    Assert.Equal(int.MinValue, BitConverter.SingleToInt32Bits(row[3 * spread])); // −0
                    Assert.Equal((i == Rows - 1 ? 7 : 0, i % 2), ((int)row[149], (int)block.Labels![k]));
                }
            }

            Assert.Equal(Rows, i);
        }
    }

    [Theory]
    [InlineData("x 1:1", "the label is 'x', which is not a number")]
    [InlineData("1 1:- 5", "feature 1 is '-', which is not a number")]
    [InlineData("1 1: 5", "feature 1 is '', which is not a number")]
    [InlineData("1 1:1,5", "feature 1 is '1,5', which is not a number")]
    [InlineData("1 1:5e", "feature 1 is '5e', which is not a number")]
    [InlineData("1 1:2\0", "feature 1 is '2 ', which is not a number")]
    [InlineData("1 2:1 2:1", "feature 2 after feature 2; the indices must ascend")]
    [InlineData("1 0:1", "'0' is not a feature index from 1 to 2147483647")]
    [InlineData("1 99999999999:1", "'99999999999' is not a feature index from 1 to 2147483647")]
    [InlineData("1 1000001:1", "1000001 columns, more than 1000000; --max-columns raises that")]
    [InlineData("1 1", "'1' is not index:value")]
    public async Task The_first_line_that_is_wrong_is_told(string line, string message)
    {
        foreach (var wrong in new[] { 3, 45_000 })
        {
            var text = new StringBuilder();
            for (var i = 0; i < Rows; i++)
                text.Append(i == wrong ? line : i == wrong + 14_000 ? "later" : "1 1:0.333333 2:1 7:22222").Append('\n');
            var path = Write("w.svm", text.ToString());
            var run = await Run("train", path);
            Assert.Equal((2, $"{path}:{wrong + 1}: {message}\n"), (run.Code, run.Error));
        }
    }
}
