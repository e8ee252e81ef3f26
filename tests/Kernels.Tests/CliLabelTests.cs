using System.Globalization;
using System.Text;
using System.Text.Json;
using Kernels.Tests.Support;
using Kernels.Training;
using Microsoft.ML.OnnxRuntime;
using Parquet;
using Parquet.Schema;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Labels that are words: which counts as 1, what the model remembers, and what is refused.</summary>
public sealed class CliLabelTests : ToolFolder
{
    private static readonly bool[] IsOne = [true, false, true, false, false, true, true, false, true, false];

    [Theory]
    [InlineData("B", "M", null, false)] // the later word is 1
    [InlineData("M", "B", null, true)]
    [InlineData("M", "B", "B", false)]
    [InlineData("M", "B", "M", true)]
    [InlineData("0", "1", "0", true)]
    [InlineData("1", "2", "1", true)]
    [InlineData("1", "2", null, false)]
    [InlineData("no", "yes", "no", true)]
    [InlineData("no", "yes", "yes", false)]
    [InlineData("False", "True", "False", true)]
    [InlineData("benign, old", "it's \"bad\"", null, false)]
    [InlineData("7 years", "8 years", null, false)]
    public async Task A_label_counts_as_one(string zero, string one, string? positive, bool isSwapped)
    {
        string[] options = positive is null ? [] : ["--positive", positive];
        var (numbers, words) = (Write("n.csv", Rows("0", "1")), Write("w.csv", Rows(zero, one)));
        var (ofNumbers, ofWords) = (PathOf("n.json"), PathOf("w.json"));
        Assert.Equal(0, (await Run("train", numbers, "--out", ofNumbers)).Code);
        var run = await Run(["train", words, "--out", ofWords, .. options]);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        var (plain, model) = (Model.Load(ofNumbers), Model.Load(ofWords));
        for (var j = 0; j < plain.Weights.Count; j++)
            Assert.InRange(model.Weights[j] * (isSwapped ? -1 : 1) / plain.Weights[j], 1 - 1e-6, 1 + 1e-6);

        // The label comes back, and the rows as they are can be evaluated.
        var scores = (await Run("predict", ofNumbers, numbers)).Output.TrimEnd('\n').Split('\n');
        var expected = scores.Select(score => double.Parse(score, CultureInfo.InvariantCulture) >= 0.5 ? one : zero);
        Assert.Equal(expected, (await Run("predict", ofWords, words, "--class")).Output.TrimEnd('\n').Split('\n'));
        var (evaluated, plainly) = (await Run("evaluate", ofWords, words), await Run("evaluate", ofNumbers, numbers));
        Assert.Equal((0, string.Empty), (evaluated.Code, evaluated.Error));
        Assert.Equal(Deviance(plainly.Output), Deviance(evaluated.Output));

        // One class alone, and the other first.
        var lines = Rows(zero, one).Split('\n');
        var other = Write("o.csv",
            string.Join('\n', [lines[0], .. lines[1..^1].Where(line => line.StartsWith("0.", StringComparison.Ordinal))]));
        Assert.Equal(0, (await Run("evaluate", ofWords, other)).Code);
        var held = await Run(["train", words, "--test", other, "--json", .. options]);
        Assert.Equal((0, string.Empty), (held.Code, held.Error));
        using var json = JsonDocument.Parse(held.Output);
        var labels = json.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!).ToArray();
        Assert.Equal(isSwapped ? [one, zero] : [zero, one], labels);
    }

    [Fact]
    public async Task What_is_no_label_is_told()
    {
        AssertTold(await Run("train", Write("a.csv", "x,y\n1,M\n2,B\n3,M\n4,L\n")),
            ":5: column 'y' is 'L', a third label after 'M' and 'B'");
        AssertTold(await Run("train", Write("b.csv", "x,y\n1,0\n2,1\n3,M\n")),
            ":4: column 'y' is 'M', which is not a number; a label is a number, as those before it, or yes or no");
        AssertTold(await Run("train", Write("c.csv", "x,y\n1,M\n2,B\n3,1\n")), ":4: column 'y' is '1', a third label after 'M' and 'B'");
        AssertTold(await Run("train", Write("d.csv", "x,y\n1,M\n2,B\n3,\n")),
            ":4: column 'y' is '', which is no word; --skip-nan leaves out such rows");
        AssertTold(await Run("train", Write("e.csv", "x,y\n1,M\n2,B\n"), "--link", "identity"),
            ":2: column 'y' is 'M', which is not a number");
        AssertTold(await Run("train", Write("f.csv", "x,y\n1,M\n2,B\n"), "--positive", "m"), "--positive: no label is 'm'; there are M, B");
        AssertTold(await Run("train", Write("g.csv", "x,y\n1,yes\n2,no\n"), "--positive", "M"),
            "--positive: no label is 'M'; there are no and yes");
        AssertTold(await Run("train", Write("h.csv", "x,y\n1,0.5\n2,1\n3,0\n"), "--positive", "1"), "the labels must have two values");
        AssertTold(await Run("train", Write("i.csv", "x,y\n1,2\n2,1\n"), "--positive", "1", "--link", "identity"),
            "--positive: goes with the logit link");
        var one = await Run("train", Write("j.csv", "x,y\n1,M\n2,M\n"));
        Assert.Equal(4, one.Code);
        Assert.Contains("all labels are of one class", one.Output, StringComparison.Ordinal);

        var model = PathOf("m.json");
        Assert.Equal(0, (await Run("train", Write("w.csv", Rows("B", "M")), "--out", model)).Code);
        AssertTold(await Run("evaluate", model, Write("k.csv", "x,z,y\n1,1,M\n2,2,m\n")),
            ":3: column 'y' is 'm', none of the model's labels 'B' and 'M'");
        AssertTold(await Run("evaluate", model, Write("l.csv", "x,z,y\n1,1,0\n2,2,1\n")),
            ":2: column 'y' is '0', none of the model's labels 'B' and 'M'");
        Assert.Equal(0, (await Run("train", Write("n.csv", Rows("0", "1")), "--out", model)).Code);
        AssertTold(await Run("evaluate", model, Write("o.csv", "x,z,y\n1,1,M\n2,2,B\n")), ":2: column 'y' is 'M', which is not a number");
        AssertTold(await Run("train", Write("p.csv", Rows("0", "1")), "--test", Write("q.csv", Rows("B", "M"))), "which is not a number");
    }

    [Fact]
    public async Task Rows_without_a_label_are_left_out_where_that_is_asked_for()
    {
        var (some, all) = (PathOf("s.json"), PathOf("a.json"));
        var path = Write("s.csv", Rows("B", "M").Replace("x,z,y\n", "x,z,y\n9,9,NA\n", StringComparison.Ordinal) + "7,7,\n");
        Assert.Equal(0, (await Run("train", path, "--skip-nan", "--out", some)).Code);
        Assert.Equal(0, (await Run("train", Write("a.csv", Rows("B", "M")), "--out", all)).Code);
        Assert.Equal(Model.Load(all).Weights, Model.Load(some).Weights);
        Assert.Equal(["B", "M"], Model.Load(some).LabelWords);
    }

    // Which word comes first in which of the blocks that processors read does not matter.
    [Theory]
    [InlineData(0)]
    [InlineData(40_000)]
    public async Task Words_of_many_blocks_are_the_same_words(int firstOther)
    {
        var (random, words, numbers) = (new Random(8), new StringBuilder("x,text,y\n"), new StringBuilder("x,text,y\n"));
        for (var i = 0; i < 60_000; i++)
        {
            var (x, isOne) = (random.NextDouble(), i < firstOther || random.Next(2) == 0);
            words.Append(CultureInfo.InvariantCulture, $"{x:F6},{new string('t', 60)},{(isOne ? "on" : "off")}\n");
            numbers.Append(CultureInfo.InvariantCulture, $"{x:F6},{new string('t', 60)},{(isOne ? 1 : 0)}\n");
        }

        var (ofWords, ofNumbers) = (PathOf("w.json"), PathOf("n.json"));
        Assert.Equal(0, (await Run("train", Write("w.csv", words.ToString()), "--drop", "text", "--out", ofWords)).Code);
        Assert.Equal(0, (await Run("train", Write("n.csv", numbers.ToString()), "--drop", "text", "--out", ofNumbers)).Code);
        Assert.Equal(Model.Load(ofNumbers).Weights, Model.Load(ofWords).Weights);
        var third = words.ToString() is var all ? all[..(all.LastIndexOf(',') + 1)] + "of\n" : string.Empty;
        AssertTold(await Run("train", Write("t.csv", third), "--drop", "text"), ":60001: column 'y' is 'of");
    }

    [Fact]
    public async Task Parquet_has_words_as_labels()
    {
        var (csv, parquet, x) = (Write("t.csv", Rows("B", "M")), PathOf("t.parquet"), new double[IsOne.Length]);
        for (var i = 0; i < x.Length; i++)
            x[i] = X(i);
        var schema = new ParquetSchema(new DataField<double>("x"), new DataField<double>("z"), new DataField<string>("y"));
        await using (var stream = File.Create(parquet))
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(schema.DataFields[0], x);
            await group.WriteAsync<double>(schema.DataFields[1], Array.ConvertAll(x, value => value * value));
            await group.WriteAsync(schema.DataFields[2], Array.ConvertAll(IsOne, isOne => isOne ? "M" : "B"));
            group.CompleteValidate();
        }

        var (ofText, ofParquet) = (PathOf("t.json"), PathOf("p.json"));
        Assert.Equal(0, (await Run("train", csv, "--out", ofText)).Code);
        var run = await Run("train", parquet, "--out", ofParquet);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(Model.Load(ofText).Weights, Model.Load(ofParquet).Weights);
        Assert.Equal(["B", "M"], Model.Load(ofParquet).LabelWords);
        Assert.Equal((await Run("evaluate", ofText, csv)).Output, (await Run("evaluate", ofText, parquet)).Output);
        var (numbers, other) =
            (PathOf("n.parquet"), new ParquetSchema(new DataField<double>("x"), new DataField<double>("z"), new DataField<int>("y")));
        await using (var stream = File.Create(numbers))
        await using (var writer = await ParquetWriter.CreateAsync(other, stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(other.DataFields[0], x);
            await group.WriteAsync<double>(other.DataFields[1], x);
            await group.WriteAsync<int>(other.DataFields[2], Array.ConvertAll(IsOne, isOne => isOne ? 1 : 0));
            group.CompleteValidate();
        }

        AssertTold(await Run("evaluate", ofText, numbers), "column 'y' holds no words; the model's labels 'B' and 'M'");
        AssertTold(await Run("train", parquet, "--link", "identity"), "row 1 of row group 1: column 'y' is 'M', which is not a number");
    }

    [Fact]
    public async Task Onnx_and_scikit_learn_have_words_too()
    {
        var (model, onnx, again) = (PathOf("m.json"), PathOf("m.onnx"), PathOf("again.json"));
        Assert.Equal(0, (await Run("train", Write("w.csv", Rows("M", "B")), "--out", model, "--positive", "B")).Code);
        Assert.Equal((0, string.Empty), ((await Run("export", model, onnx)).Code, string.Empty));
        using (var session = new InferenceSession(onnx))
        {
            using var features = OrtValue.CreateTensorValueFromMemory(new[] { X(0), X(0) * X(0) }, [1, 2]);
            using var options = new RunOptions();
            using var outputs = session.Run(options, new Dictionary<string, OrtValue> { ["features"] = features }, ["label"]);
            var row = Write("row.csv", string.Create(CultureInfo.InvariantCulture, $"x,z\n{X(0)},{X(0) * X(0)}\n"));
            Assert.Equal((await Run("predict", model, row, "--class")).Output, outputs[0].GetStringTensorAsArray()[0] + "\n");
        }

        Assert.Equal(0, (await Run("import", onnx, again)).Code);
        Assert.Equal(["M", "B"], Model.Load(again).LabelWords);
        var json = Write("s.json", """{"coef_":[[1.5,-2]],"intercept_":[0.25],"classes_":["benign","malignant"]}""");
        Assert.Equal(0, (await Run("import", json, again)).Code);
        Assert.Equal(["benign", "malignant"], Model.Load(again).LabelWords);
        json = Write("s.json", """{"coef_":[[1.5,-2]],"intercept_":[0.25],"classes_":["yes","no"]}""");
        Assert.Equal(0, (await Run("import", json, again)).Code);
        Assert.Equal("no\nyes\n", (await Run("predict", again, Write("r.csv", "1,2\n3,1\n-3,1\n"), "--class")).Output);
        Assert.Equal(0, (await Run("evaluate", again, Write("e.csv", "1,2,y\n3,1,no\n-3,1,yes\n"), "--target", "y")).Code);
        foreach (var classes in new[] { "[1,2,3]", "[\"a\",\"a\"]", "[\"a\",\" \"]", "[[1],2]", "[null,1]" })
            AssertOneLine(await Run("import", Write("s.json", $$"""{"coef_":[1],"classes_":{{classes}}}"""), again), classes);
    }

    private static string Deviance(string output) =>
        output.Split('\n').Single(line => line.TrimStart().StartsWith("deviance", StringComparison.Ordinal));

    private static float X(int i) => i % 4 * 0.5f;

    private static string Rows(string zero, string one)
    {
        var text = new StringBuilder("x,z,y\n");
        for (var i = 0; i < IsOne.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{X(i):F1},{X(i) * X(i):F2},{Quoted(IsOne[i] ? one : zero)}\n");
        return text.ToString();
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static void AssertTold((int Code, string Output, string Error) run, string what)
    {
        AssertOneLine(run, what);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }
}
