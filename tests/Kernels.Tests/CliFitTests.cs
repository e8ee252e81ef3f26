using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>What train says of a fit, to people and to programs, and what the model file keeps of it.</summary>
public sealed class CliFitTests : ToolFolder
{
    private const string Separable = "x,y\n1,0\n2,0\n3,1\n4,1\n";
    private const string Mixed = "x,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,1\n";

    [Theory]
    [InlineData(Mixed, "", 0, "optimum reached", "Optimum")]
    [InlineData(Mixed, "--max-iterations 3", 3, "not converged", "IterationLimit")]
    [InlineData(Mixed, "--optimizer gd --max-iterations 3", 3, "not converged", "IterationLimit")]
    [InlineData(Mixed, "--optimizer sgd", 0, "all epochs are done; not converged", "IterationLimit")]
    [InlineData(Separable, "", 4, "no finite optimum: column x separates the labels", "Separated")]
    [InlineData(Separable, "--optimizer newton", 4, "no finite optimum: column x separates the labels", "Separated")]
    [InlineData(Separable, "--optimizer lbfgs", 4, "no finite optimum: column x separates the labels", "Separated")]
    [InlineData(Separable, "--l2 1", 0, "optimum reached", "Optimum")]
    [InlineData("x,z,y\n1,2,0\n2,4,1\n3,6,0\n4,8,1\n", "", 0, "column z is a linear combination", "Collinear")]
    [InlineData("x,y\n1,1\n2,1\n", "", 4, "all labels are of one class", null)]
    [InlineData("x,y\n1,0\n2,0\n", "--link log", 4, "all counts are 0", null)]
    [InlineData("x,n,y\n1,0,0\n2,0,1\n", "--weight-column n", 4, "no row counts", null)]
    public async Task Every_end_has_a_sentence_an_exit_code_and_a_status(string text, string options, int code, string sentence,
        string? status)
    {
        var (data, model) = (Write("d.csv", text), PathOf("m.json"));
        var run = await Run(["train", data, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--out", model]);
        Assert.Equal((code, string.Empty), (run.Code, run.Error));
        Assert.Contains(sentence, run.Output, StringComparison.Ordinal);
        Assert.Equal(status, File.Exists(model) ? Model.Load(model).Fit?.Status : null);

        // The same for programs.
        run = await Run(["train", data, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json"]);
        Assert.Equal((code, string.Empty), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Contains(sentence, json.RootElement.GetProperty("verdict").GetString()!, StringComparison.Ordinal);
        if (status is not null)
            Assert.Equal(status, json.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Json_has_the_digits_of_the_fit()
    {
        var run = await Run("train", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var age = json.RootElement.GetProperty("coefficients")[0];
        Assert.Equal(CertifiedData.HeartScale.Weights[0], age.GetProperty("estimate").GetDouble(), 1e-7);
        Assert.Equal(0.6172843, age.GetProperty("standardError").GetDouble(), 1e-6);
        Assert.Equal(0.496806, age.GetProperty("p").GetDouble(), 1e-5);
        Assert.Equal(CertifiedData.HeartScale.Deviance, json.RootElement.GetProperty("deviance").GetDouble(), 1e-5);
        Assert.Equal("231 of 270", json.RootElement.GetProperty("evaluation").GetProperty("accuracy").GetString()!.Split('(', ')')[1]);

        var robust = await Run("train", "--json", "--robust");
        using var other = JsonDocument.Parse(robust.Output);
        Assert.Equal("HC1", other.RootElement.GetProperty("errors").GetString());
        Assert.NotEqual(age.GetProperty("standardError").GetDouble(), other.RootElement.GetProperty("coefficients")[0]
            .GetProperty("standardError").GetDouble());
        var penalised = await Run("train", "--json", "--l1", "3");
        using var third = JsonDocument.Parse(penalised.Output);
        Assert.Equal("none", third.RootElement.GetProperty("errors").GetString());
        Assert.False(third.RootElement.GetProperty("coefficients")[0].TryGetProperty("standardError", out _));
    }

    [Fact]
    public async Task Rows_held_out_are_evaluated_and_not_fitted()
    {
        var model = PathOf("m.json");
        var run = await Run("train", "--test-fraction", "0.25", "--seed", "3", "--out", model);
        Assert.Equal(0, run.Code);
        var (training, test) = (Model.Load(model).Fit!.Rows, Line("held out"));
        Assert.Equal(270, training + int.Parse(test.Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.InRange(training, 150, 250);
        Assert.Contains("AUC", Line("held-out AUC") + "AUC", StringComparison.Ordinal);

        // The same seed, the same part.
        Assert.Equal(run.Output.Split('\n').Single(line => line.StartsWith("held-out deviance", StringComparison.Ordinal)),
            (await Run("train", "--test-fraction", "0.25", "--seed", "3")).Output.Split('\n')
            .Single(line => line.StartsWith("held-out deviance", StringComparison.Ordinal)));
        var file = Write("t.csv", Mixed);
        run = await Run("train", file, "--test", file);
        Assert.Equal(Line("deviance"), Line("held-out deviance"));
        foreach (var bad in new[] { "0", "1", "2", "NaN" })
            Assert.Equal(2, (await Run("train", "--test-fraction", bad)).Code);
        Assert.Equal(2, (await Run("train", "--test-fraction", "0.1", "--test", file)).Code);
        Assert.Equal(2, (await Run("train", file, "--test", "no-such-file")).Code);

        string Line(string name) =>
            run.Output.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal))[name.Length..].Trim();
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("lbfgs")]
    [InlineData("newton")]
    [InlineData("gd")]
    public async Task Seconds_since_1970_keep_their_digits(string optimizer)
    {
        // Ten seconds apart, where float32 has 128; an exact line, and another column that must not suffer.
        var rows = Enumerable.Range(0, 1500).Select(i => (T: 1_700_000_000L + (10 * i), X: i % 7, Y: (2L * 10 * i) + 5 + (3 * (i % 7))));
        var data = Write("t.csv", "t,x,y\n" + string.Join('\n', rows.Select(row => $"{row.T},{row.X},{row.Y}")));
        var model = PathOf("m.json");
        var run = await Run("train", data, "--link", "identity", "--optimizer", optimizer, "--out", model);
        Assert.Equal(0, run.Code);
        Assert.DoesNotContain("warning", run.Output, StringComparison.Ordinal);
        var weights = Model.Load(model).Weights;
        Assert.Equal(2, weights[0], 1e-9);
        Assert.Equal(3, weights[1], 1e-6);
        Assert.Equal(5 - 3.4e9, weights[2], 1);
        var scores = (await Run("predict", model, data)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows.Select(row => (double)row.Y), scores.Select(score => double.Parse(score, CultureInfo.InvariantCulture)), (a, b) =>
            Math.Abs(a - b) <= 1e-2);
        Assert.Contains("R squared 1.000000", string.Join(' ',
            (await Run("evaluate", model, data)).Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        // Half of them held out, and the model as a start.
        run = await Run("train", data, "--link", "identity", "--test-fraction", "0.5", "--start", model);
        Assert.Contains("held-out R squared 1.000000", string.Join(' ', run.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_shows_coefficients_and_the_search()
    {
        var picture = PathOf("p.svg");
        Assert.Equal(0, (await Run("train", "--svg", picture)).Code);
        var svg = XDocument.Load(picture);
        Assert.Contains("95 % intervals", svg.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, (await Run("train", "--svg", picture, "--out", picture)).Code);
    }

    [Fact]
    public async Task A_start_at_a_model_is_no_detour()
    {
        var (model, again) = (PathOf("m.json"), PathOf("n.json"));
        await Run("train", "--out", model);
        var run = await Run("train", "--start", model, "--out", again);
        Assert.Equal(0, run.Code);
        Assert.Contains("iterations     2 passes", run.Output, StringComparison.Ordinal);
        Assert.Equal(Model.Load(model).Weights[0], Model.Load(again).Weights[0], 1e-9);
        Assert.Equal(2, (await Run("train", Write("o.csv", Mixed), "--start", model)).Code);
    }

    [Fact]
    public async Task Info_shows_what_a_model_file_says()
    {
        var model = PathOf("m.json");
        await Run("train", Write("s.csv", Separable), "--out", model);
        var run = await Run("info", model);
        Assert.Equal(0, run.Code);
        Assert.Contains("Separated", run.Output, StringComparison.Ordinal);
        await Run("train", Write("l.csv", "x,n,y\n1,2,1\n2,1,2\n3,1,1\n4,2,2\n5,1,1\n6,1,2\n"), "--weight-column", "n", "--out", model);
        run = await Run("info", model);
        Assert.Contains("Optimum", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 counts as 0, 2 as 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("std. error", run.Output, StringComparison.Ordinal);
        run = await Run("info", Write("old.json", ModelText(["x"], "[1]")));
        Assert.Contains("not known", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await Run("info", PathOf("none.json"))).Code);
    }

    [Fact]
    public async Task A_model_knows_its_offset_and_its_labels()
    {
        var rows = Write("o.csv", "x,o,y\n1,0.5,3\n2,1,5\n3,0.25,9\n4,0,8\n");
        var model = PathOf("m.json");
        Assert.Equal(0, (await Run("train", rows, "--link", "log", "--offset-column", "o", "--out", model)).Code);
        Assert.Equal(("o", "y"), (Model.Load(model).Offset, Model.Load(model).Target));
        var run = await Run("predict", model, rows);
        Assert.Equal(25, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Sum(line => double.Parse(line, CultureInfo.InvariantCulture)), 1e-3);
        run = await Run("predict", model, Write("n.csv", "x\n1\n"));
        Assert.Equal(2, run.Code);
        Assert.Contains("'o'", run.Error, StringComparison.Ordinal);

        var coded = Write("l.csv", "x,y\n1,1\n2,2\n3,1\n4,2\n5,1\n6,2\n");
        Assert.Equal(0, (await Run("train", coded, "--out", model)).Code);
        Assert.Equal([1.0, 2.0], Model.Load(model).Labels);
        var ones = await Run("evaluate", model, Write("ones.csv", "x,y\n1,1\n3,1\n"));
        Assert.Contains("accuracy 100", string.Join(' ', ones.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        Assert.Equal(2, (await Run("evaluate", model, Write("threes.csv", "x,y\n1,1\n3,3\n"))).Code);
    }
}
