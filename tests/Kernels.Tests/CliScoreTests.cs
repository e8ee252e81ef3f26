using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Scores that stay with their rows, and models that keep their meaning: classes, keys, exposures.</summary>
public sealed class CliScoreTests : ToolFolder
{
    private const string Claims = "id,age,years,claims\na,20,1,3\nb,30,2,1\nc,40,0.5,1\n\"d,e\",50,4,2\nf,60,3,1\ng,25,1.5,2\nh,55,2.5,0\n";

    [Fact]
    public async Task Classes_are_the_labels_of_training()
    {
        var model = PathOf("m.json");
        var data = Write("d.csv", "x,y\n1,1\n2,2\n3,1\n4,2\n5,2\n6,1\n7,2\n8,2\n");
        Assert.Equal(0, (await Run("train", data, "--out", model)).Code);
        var means = (await Run("predict", model, data)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => float.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        foreach (var threshold in new[] { "0.5", "0.7", "0", "1" })
        {
            var run = await Run("predict", model, data, "--class", "--threshold", threshold);
            Assert.Equal(means.Select(mean => mean >= float.Parse(threshold, CultureInfo.InvariantCulture) ? "2" : "1"),
                run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        // A batch of one class, too.
        Assert.Equal("2\n", (await Run("predict", model, Write("one.csv", "x\n8\n"), "--class")).Output);
        var skipped = await Run("predict", model, Write("gap.csv", "x,z\n8,1\n,2\n"), "--class", "--skip-nan");
        Assert.Equal("2\nNaN\n", skipped.Output);
        AssertOneLine(await Run("predict", model, data, "--threshold", "0.5"), "no --class");
        AssertOneLine(await Run("predict", model, data, "--class", "--threshold", "1.5"), "no probability");
        AssertOneLine(await Run("predict", Write("p.json", ModelText(["x"], "[1]").Replace("logit", "log", StringComparison.Ordinal)), data,
            "--class"), "no classes");
    }

    [Fact]
    public async Task A_key_goes_with_its_score()
    {
        var model = PathOf("m.json");
        var data = Write("d.csv", Claims);
        Assert.Equal(0, (await Run("train", data, "--drop", "id,years", "--link", "log", "--out", model)).Code);
        var plain = (await Run("predict", model, data)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var kept = await Run("predict", model, data, "--keep", "id");
        string[] keys = ["a", "b", "c", "\"d,e\"", "f", "g", "h"];
        Assert.Equal(keys.Zip(plain, (key, score) => $"{key},{score}"), kept.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        AssertOneLine(await Run("predict", model, data, "--keep", "ids"), "no column");
        AssertOneLine(await Run("predict", model, "--keep", "id"), "the sample");
        AssertOneLine(await Run("predict", model, Write("d.txt", "1 1:2\n"), "--keep", "id"), "LIBSVM");
    }

    [Fact]
    public async Task An_exposure_is_an_offset_of_logarithms_and_stays_with_the_model()
    {
        var (exposed, offset) = (PathOf("e.json"), PathOf("o.json"));
        var data = Write("d.csv", Claims);
        var logs = Write("l.csv", string.Join('\n', Claims.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, i) =>
        {
            var fields = line.Replace("\"d,e\"", "d", StringComparison.Ordinal).Split(',');
            if (i > 0)
                fields[2] = MathF.Log(float.Parse(fields[2], CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture);
            return string.Join(',', fields);
        })) + "\n");
        Assert.Equal(0, (await Run("train", data, "--drop", "id", "--link", "log", "--exposure-column", "years", "--out", exposed)).Code);
        Assert.Equal(0, (await Run("train", logs, "--drop", "id", "--link", "log", "--offset-column", "years", "--out", offset)).Code);
        var (left, right) = (Model.Load(exposed), Model.Load(offset));
        for (var j = 0; j < 2; j++)
            Assert.Equal(right.Weights[j], left.Weights[j], 1e-6);
        Assert.Equal((null, "years"), (left.Offset, left.Exposure));
        Assert.Equal(["age"], left.Features);
        Assert.Contains("years", (await Run("info", exposed)).Output, StringComparison.Ordinal);

        // The file says what it needs; without it, it is asked for.
        var scores = await Run("predict", exposed, data);
        var expected = (await Run("predict", offset, logs)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(expected.Zip(scores.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), pair =>
            Assert.Equal(float.Parse(pair.First, CultureInfo.InvariantCulture), float.Parse(pair.Second, CultureInfo.InvariantCulture),
                1e-5f));
        var ages = Write("a.csv", "age\n20\n30\n");
        AssertOneLine(await Run("predict", exposed, ages), "no years");
        var one = await Run("predict", exposed, ages, "--offset", "0");
        var year = await Run("predict", exposed, Write("y.csv", "age,years\n20,1\n30,1\n"));
        Assert.Equal((0, year.Output), (one.Code, one.Output));
        var two = await Run("predict", exposed, ages, "--offset", "0.6931472");
        Assert.Equal(2, First(two.Output) / First(one.Output), 1e-5);
        Assert.Equal(0, (await Run("evaluate", exposed, data, "--target", "claims")).Code);
        AssertOneLine(await Run("train", data, "--drop", "id", "--link", "log", "--exposure-column", "years", "--offset-column", "age"),
            "both");
        foreach (var bad in new[] { "0", "-1", "1e39" })
        {
            var run = await Run("predict", exposed, Write("b.csv", $"age,years\n20,1\n30,{bad}\n"));
            AssertOneLine(run, bad);
            Assert.Contains("row 2: the exposure 'years'", run.Error, StringComparison.Ordinal);
        }

        double First(string output) => double.Parse(output.Split('\n')[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_misspelt_column_of_many_gets_the_nearest_three()
    {
        var names = Enumerable.Range(0, 20_000).Select(i => $"feature_{i}").ToArray();
        names[777] = "income";
        names[778] = "Income2";
        var path = Write("w.csv", string.Join(',', names) + ",y\n" + string.Join(',', Enumerable.Repeat("1", 20_001)) + "\n");
        var run = await Run("train", path, "--weight-column", "incone");
        AssertOneLine(run, "a misspelt name");
        Assert.Contains("there is no column 'incone'; the nearest of 20001 are income, Income2, ", run.Error, StringComparison.Ordinal);
        Assert.InRange(run.Error.Length, 1, 400);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("Age", "age", 0)]
    [InlineData("ca", "abc", 3)]
    public void Distances_count_letters(string a, string b, int expected)
    {
        Assert.Equal(expected, EditDistance.Of(a, b));
        Assert.Equal(expected, EditDistance.Of(b, a));
    }
}
