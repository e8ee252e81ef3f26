using System.Globalization;
using Kernels.Cli;
using Kernels.Tests.Support;
using Spectre.Console;

namespace Kernels.Tests;

/// <summary>The tool, run in this process: what it prints, what it writes, and how it refuses.</summary>
public sealed class CliTests : ToolFolder
{
    [Fact]
    public async Task Train_without_arguments_reaches_the_optimum_of_the_sample()
    {
        var run = await Run("train");
        Assert.Equal(0, run.Code);
        var deviance = run.Output.Split('\n').Single(line => line.StartsWith("deviance", StringComparison.Ordinal))["deviance".Length..]
            .Trim();
        Assert.Equal(179.597762305376, double.Parse(deviance, CultureInfo.InvariantCulture), 1e-3);
        Assert.True(deviance.Split('.')[1].Length >= 6);
        Assert.Contains("231 of 270", run.Output, StringComparison.Ordinal);
        Assert.Contains("(intercept)", run.Output, StringComparison.Ordinal);
        Assert.Contains("GB/s", run.Output, StringComparison.Ordinal);
        Assert.Contains("iterations", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lbfgs_reaches_the_same_optimum_in_fewer_passes_on_any_number_of_threads()
    {
        var (one, all) = (PathOf("one.json"), PathOf("all.json"));
        var run = await Run("train", "--optimizer", "lbfgs", "--out", one);
        Assert.Equal(0, run.Code);
        Assert.Contains("179.59776", run.Output, StringComparison.Ordinal);
        Assert.Contains("231 of 270", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("train", "--optimizer", "lbfgs", "--threads", "0", "--out", all)).Code);
        var file = await File.ReadAllTextAsync(one, TestContext.Current.CancellationToken);
        Assert.Equal(file, await File.ReadAllTextAsync(all, TestContext.Current.CancellationToken));
        Assert.Contains($"\"arithmeticContract\": {ArithmeticContract.Version}", file, StringComparison.Ordinal);

        // A penalty costs deviance.
        run = await Run("train", "--optimizer", "lbfgs", "--l2", "10");
        Assert.Equal(0, run.Code);
        Assert.DoesNotContain("179.59776", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_scores_rows_with_written_weights_in_every_format()
    {
        var model = PathOf("model.json");
        Assert.Equal(0, (await Run("train", "--out", model)).Code);
        var sample = await Run("predict", model);
        Assert.Equal(0, sample.Code);
        var expected = sample.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(270, expected.Length);
        Assert.All(expected, line => Assert.InRange(float.Parse(line, CultureInfo.InvariantCulture), 0f, 1f));

        // The same rows as CSV, with a header and the target in the middle, give the same bits.
        var data = Cli.Data.DataReader.ReadSample();
        var csv = Write("heart.csv", Rows(header: true));
        Assert.Equal(expected, (await Run("predict", model, csv)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var headless = Write("headless.csv", Rows(header: false));
        Assert.Equal(expected, (await Run("predict", model, headless, "--no-header", "--target", "5")).Output.Split('\n',
            StringSplitOptions.RemoveEmptyEntries));

        var written = PathOf("p.txt");
        Assert.Equal(0, (await Run("predict", model, csv, "--out", written)).Code);
        Assert.Equal(expected, await File.ReadAllLinesAsync(written, TestContext.Current.CancellationToken));

        string Rows(bool header)
        {
            var lines = new List<string>();
            if (header)
                lines.Add(string.Join(',', data.Features.Take(4).Append("y").Concat(data.Features.Skip(4))));
            for (var i = 0; i < data.Rows; i++)
            {
                var row = data.Matrix(false).Row(i).ToArray().Select(v => v.ToString(CultureInfo.InvariantCulture)).ToList();
                row.Insert(4, data.Labels![i].ToString(CultureInfo.InvariantCulture));
                lines.Add(string.Join(',', row));
            }

            return string.Join('\n', lines);
        }
    }

    [Fact]
    public async Task Csv_with_named_columns_trains_and_predicts_by_name()
    {
        var text = "age;won;speed\n1;0;2\n1;nope;2\n";
        var bad = await Run("train", Write("bad.csv", text), "--target", "won");
        Assert.Equal((2, ":3: column 'won' is 'nope', which is not a number; a label is a number, as those before it, or yes or no\n"),
            (bad.Code, bad.Error[bad.Error.IndexOf(".csv", StringComparison.Ordinal)..][4..]));

        var train = Write("train.csv", "age;won;speed\n1;0;2\n2;0;1\n3;1;5\n4;0;2\n5;1;3\n6;1;9\n");
        var model = PathOf("m.json");
        Assert.Equal(0, (await Run("train", train, "--target", "won", "--l2", "0.1", "--out", model)).Code);
        var byName = await Run("predict", model, Write("new.csv", "speed,age\n2,1\n9,6\n"));
        Assert.Equal(0, byName.Code);
        Assert.Equal(2, byName.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var missing = await Run("predict", model, Write("missing.csv", "speed\n2\n"));
        Assert.Equal(2, missing.Code);
        Assert.Contains("no column 'age'", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 1:2\n0 1:x\n", ":2: feature 1 is 'x', which is not a number")]
    [InlineData("1 1:2\n\nyes 1:1\n", ":3: the label is 'yes', which is not a number")]
    [InlineData("1 2:2 1:1\n", ":1: feature 1 after feature 2; the indices must ascend")]
    [InlineData("1 0:2\n", ":1: '0' is not a feature index from 1 to 2147483647")]
    [InlineData("1 1:2 7\n", ":1: '7' is not index:value")]
    [InlineData("1 2000000000:1\n0 1:1\n", ":1: 2000000000 columns, more than 1000000; --max-columns raises that")]
    [InlineData("", ": there are no labeled rows")]
    [InlineData("1 1:1\n2 1:1\n3 1:1\n", ": the labels must have two values or be probabilities; there are 1, 2, 3 and perhaps more")]
    [InlineData("1 1:NaN\n0 1:1\n", ": row 1 contains NaN or ∞; --skip-nan leaves out rows with NaN")]
    public async Task Files_that_do_not_parse_get_one_line(string text, string reason)
    {
        var path = Write("data.txt", text);
        var output = PathOf("weights.json");
        var run = await Run("train", path, "--out", output);
        Assert.Equal((2, path + reason + "\n"), (run.Code, run.Error));
        Assert.False(File.Exists(output));
    }

    [Theory]
    [InlineData("a,y\n1,0\n2,1,3\n", ":3: 3 columns where the first line has 2")]
    [InlineData("a,y\n1,0\n,1\n", ":3: column 'a' is '', which is not a number; --skip-nan leaves out such rows")]
    [InlineData("a,y\n1,0\nA-1,1\n",
        ":3: column 'a' is 'A-1', which is not a number; --drop a leaves the column out of training, --categorical a takes it for words")]
    [InlineData("a,y\n1,0\n\"1,5\",1\n", ":3: column 'a' is '1,5', which is not a number; --decimal , reads a decimal comma")]
    [InlineData("a,a,y\n1,2,0\n2,3,1\n", ":1: more than one column has the name 'a'; predict could not tell them apart: rename one")]
    [InlineData("0.5,1\n1,0\n2,1\n", ":1: the first line is numbers and no names; --no-header takes it for data")]
    [InlineData("", ": the file is empty")]
    public async Task Csv_that_does_not_parse_gets_one_line(string text, string reason)
    {
        var path = Write("data.csv", text);
        var run = await Run("train", path);
        Assert.Equal((2, path + reason + "\n"), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("train", "no-such-file")]
    [InlineData("train", "--tolerance", "-1")]
    [InlineData("train", "--learning-rate", "0")]
    [InlineData("train", "--max-iterations", "x")]
    [InlineData("train", "--frob")]
    [InlineData("train", "--l2", "-1")]
    [InlineData("train", "--threads", "-1")]
    [InlineData("train", "--optimizer", "adam")]
    [InlineData("train", "--link", "probit")]
    [InlineData("train", "--link", "log", "--optimizer", "gd")]
    [InlineData("train", "--standardize")]
    [InlineData("train", "--standardize", "--l2", "1", "--optimizer", "lbfgs")]
    [InlineData("train", "--start", "no-such-file")]
    [InlineData("train", "--tolerance", "0")]
    [InlineData("train", "--l2", "0,1")]
    [InlineData("train", "--l1", "1,000")]
    [InlineData("train", "--tolerance", "")]
    [InlineData("train", "--learning-rate", "0,5", "--optimizer", "gd")]
    [InlineData("train", "--test-fraction", "0,5")]
    [InlineData("train", "--decimal", ";")]
    [InlineData("train", "no-such-file", "--drop", "x")]
    [InlineData("train", "--l1", "-1")]
    [InlineData("train", "--l1", "1", "--optimizer", "newton")]
    [InlineData("train", "--optimizer", "sgd", "--block-rows", "0")]
    [InlineData("train", "-", "--format", "parquet")]
    [InlineData("train", "x.f32")]
    [InlineData("evaluate")]
    [InlineData("evaluate", "no-such-file")]
    [InlineData("train", "--optimizer", "lbfgs", "--plain")]
    [InlineData("train", "--optimizer", "lbfgs", "--learning-rate", "0.1")]
    [InlineData("predict")]
    [InlineData("predict", "no-such-file")]
    [InlineData("frob")]
    public async Task Bad_command_lines_get_one_line(params string[] arguments)
    {
        var run = await Run(arguments);
        Assert.Equal(2, run.Code);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_weights_are_refused()
    {
        foreach (var text in new[] { "", "{", "[]", "{}", "{\"model\":\"logistic\",\"features\":[\"a\"],\"weights\":[1,2]}" })
        {
            var run = await Run("predict", Write("w.json", text));
            Assert.Equal(2, run.Code);
            Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public async Task Cancelling_writes_the_weights_of_the_last_finished_step()
    {
        // Once a step is there, however long that takes: after a time of its own the test failed where a machine was slow.
        using var source = new CancellationTokenSource();
        using var steps = new Watched("iteration", source.Cancel);
        var output = PathOf("cancelled.json");
        var run = await Run(["train", "--optimizer", "gd", "--plain", "--tolerance", "0", "--max-iterations", "2000000000", "--progress",
            "--out", output], source.Token, error: steps);
        Assert.Equal(130, run.Code);
        Assert.Contains("last finished step", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("predict", output)).Code);
    }

    [Fact]
    public async Task Info_names_the_width_and_a_read_rate()
    {
        var run = await Run("info");
        Assert.Equal(0, run.Code);
        if (ToolProcess.Given is null)
            Assert.Contains(Simd.Width.ToString(), run.Output, StringComparison.Ordinal);
        Assert.Contains("GB/s", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_says_how_a_shape_is_visited_and_why()
    {
        var run = await Run("info", "--plan", "1000x32");
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Contains("gradient, step", run.Output, StringComparison.Ordinal);
        Assert.Contains("Registers,tile=8", run.Output, StringComparison.Ordinal);
        Assert.Contains("L2", run.Output, StringComparison.Ordinal);
        foreach (var text in new[] { "", "x", "1000", "1000x", "0x32", "1000x32x3", "-1x5", "1e3x4", "99999999999x1" })
        {
            run = await Run("info", "--plan", text);
            Assert.Equal(2, run.Code);
            Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    internal static Task<(int Code, string Output, string Error)> Run(params string[] arguments) =>
        Run(arguments, TestContext.Current.CancellationToken);

    internal static async Task<(int Code, string Output, string Error)> Run(
        string[] arguments, CancellationToken cancellation, TextReader? input = null, StringWriter? output = null,
        StringWriter? error = null)
    {
        if (ToolProcess.Given is not null && output is null && error is null)
            return await ToolProcess.Run(arguments, input is null ? string.Empty : await input.ReadToEndAsync(cancellation));
        output ??= new StringWriter();
        output.NewLine = "\n";
        error ??= new StringWriter();
        error.NewLine = "\n";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 200;
        var code = await Program.RunAsync(arguments, console, input ?? TextReader.Null, output, error, cancellation);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString());
    }

    /// <summary>An output that says so when a text appears in it.</summary>
    private sealed class Watched(string text, Action seen) : StringWriter
    {
        public override void WriteLine(string? value) => Write(value + "\n");

        public override void Write(string? value)
        {
            base.Write(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                seen();
        }
    }
}
