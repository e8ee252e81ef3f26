using System.Runtime.InteropServices;
using Kernels.Tests.Support;
using Kernels.Training;
using Microsoft.ML.OnnxRuntime;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>A model that is exported scores in ONNX Runtime as it scores here, within the roundings of a float32 dot product.</summary>
public sealed class OnnxTests : ToolFolder
{
    public static TheoryData<ModelLink, string> Kinds => new()
    {
        { ModelLink.Logit, "plain" }, { ModelLink.Logit, "centred" }, { ModelLink.Logit, "offset" }, { ModelLink.Logit, "exposure" },
        { ModelLink.Identity, "plain" }, { ModelLink.Identity, "offset" }, { ModelLink.Log, "plain" }, { ModelLink.Log, "exposure" },
        { ModelLink.Log, "centred" }, { ModelLink.Logit, "no intercept" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Scores_are_those_of_Onnx_Runtime(ModelLink link, string kind)
    {
        const int Rows = 200, Columns = 7;
        var p = Problem.Random(71, Rows, Columns, intercept: kind != "no intercept", scale: 0.5f);
        var names = Enumerable.Range(0, Columns).Select(j => $"c{j}").ToArray();
        double[] weights = [.. p.Weights.Select(w => (double)w)];
        double[] means = [1e6, .. new double[Columns - 1]];
        for (var i = 0; i < Rows && kind == "centred"; i++)
            p[i, 0] += 1e6f;
        var model = Model.Of(link, names, kind != "no intercept", weights, kind == "centred" ? means : default,
            kind == "centred" ? [.. Enumerable.Repeat(1.0, Columns)] : default) with
        {
            Labels = link == ModelLink.Logit ? [1, 2] : null,
            Offset = kind == "offset" ? "o" : null,
            Exposure = kind == "exposure" ? "e" : null,
        };
        if (kind == "centred")
            model = model with { CenteredIntercept = 0.25, Weights = [.. model.Weights.SkipLast(1), 0.25 - (1e6 * model.Weights[0])] };
        var (json, onnx) = (PathOf("m.json"), PathOf("m.onnx"));
        model.Save(json);
        var run = await Run("export", json, onnx);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));

        float[] extra = [.. Enumerable.Range(0, Rows).Select(i => kind == "exposure" ? 0.5f + (i % 5) : (i % 7) - 3f)];
        float[] offset = kind switch { "offset" => extra, "exposure" => Array.ConvertAll(extra, MathF.Log), _ => [] };
        var expected = new float[Rows];
        model.Predict(p.X, offset, expected);
        using var session = new InferenceSession(onnx);
        using var features = OrtValue.CreateTensorValueFromMemory(p.X.Values.ToArray(), [Rows, Columns]);
        using var second = OrtValue.CreateTensorValueFromMemory(extra, [Rows, 1]);
        var inputs = new Dictionary<string, OrtValue> { ["features"] = features };
        if (offset.Length > 0)
            inputs[kind] = second;
        using var options = new RunOptions();
        using var outputs = session.Run(options, inputs, session.OutputNames);
        var isClass = link == ModelLink.Logit && offset.Length == 0;
        Assert.Equal(isClass ? ["label", "probabilities"] : ["mean"], session.OutputNames);
        var scores = outputs[isClass ? 1 : 0].GetTensorDataAsSpan<float>().ToArray();
        for (var i = 0; i < Rows; i++)
        {
            // A margin of magnitude up to 8, rounded some ten times on either side, through a link of slope up to the mean.
            var score = isClass ? scores[(2 * i) + 1] : scores[i];
            Assert.InRange(Math.Abs(score - expected[i]), 0, 1e-5f * Math.Max(1, Math.Abs(expected[i])));
            if (isClass)
                Assert.Equal(expected[i] > 0.5f ? 2 : 1, outputs[0].GetTensorDataAsSpan<long>()[i]);
        }

        // And back.
        var again = PathOf("again.json");
        run = await Run("import", onnx, again);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        var read = Model.Load(again);
        Assert.Equal((link, model.Exposure is null, model.Offset is null), (read.Link, read.Exposure is null, read.Offset is null));
        Assert.Equal(names, read.Features);
        if (isClass)
            Assert.Equal(model.Labels, read.Labels);
        var imported = new float[Rows];
        read.Predict(p.X, offset, imported);
        for (var i = 0; i < Rows; i++)
            Assert.InRange(Math.Abs(imported[i] - expected[i]), 0, 1e-5f * Math.Max(1, Math.Abs(expected[i])));
    }

    [Theory]
    [InlineData("""{"coef_":[[1.5,-2]],"intercept_":[0.25],"classes_":[0,1],"feature_names_in_":["a","b"]}""", ModelLink.Logit, "a,b")]
    [InlineData("""{"coef_":[1.5,-2],"intercept_":0.25}""", ModelLink.Identity, "1,2")]
    [InlineData("""{"coef_":[1.5,-2],"intercept_":0.25}""", ModelLink.Log, "x,y", "--link", "log", "--features", "x,y")]
    public async Task Coefficients_of_scikit_learn_are_a_model(string text, ModelLink link, string features, params string[] options)
    {
        var model = PathOf("m.json");
        var run = await Run(["import", Write("s.json", text), model, .. options]);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        var read = Model.Load(model);
        Assert.Equal(link, read.Link);
        Assert.Equal([1.5, -2, 0.25], read.Weights);
        Assert.Equal(features.Split(','), read.Features);
        Assert.Null(read.Labels);
        Assert.Equal(0, (await Run("predict", model, Write("r.csv", features + "\n1,2\n"))).Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("nothing")]
    [InlineData("""{"coef_":[[1],[2]]}""")]
    [InlineData("""{"coef_":[1],"intercept_":[1,2]}""")]
    [InlineData("""{"coef_":[1],"classes_":[1,2,3]}""")]
    [InlineData("""{"coef_":["a"]}""")]
    [InlineData("""{"coef_":[1e99]}""")]
    [InlineData("""{"coef_":[1],"feature_names_in_":["a","b"]}""")]
    [InlineData("""{"coef_":[1],"feature_names_in_":[1]}""")]
    public async Task What_is_no_model_of_scikit_learn_is_told(string text)
    {
        AssertOneLine(await Run("import", Write("s.json", text), PathOf("m.json")), text);
        AssertOneLine(await Run("import", Write("s.onnx", text), PathOf("m.json")), text);
        Assert.False(File.Exists(PathOf("m.json")));
    }

    [Fact]
    public async Task Damaged_onnx_files_are_refused_or_read()
    {
        var onnx = PathOf("m.onnx");
        Assert.Equal(0, (await Run("export", Write("m.json", ModelText(["a", "b"], "[1,2,3]", intercept: true)), onnx)).Code);
        var bytes = await File.ReadAllBytesAsync(onnx, TestContext.Current.CancellationToken);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= (byte)(1 << (i % 8));
            var run = await Run("import", Write("d.onnx", damaged), PathOf("d.json"));
            if (run.Code != 0)
                AssertOneLine(run, $"byte {i}");
            Assert.DoesNotContain("should not have happened", run.Error, StringComparison.Ordinal);
            run = await Run("import", Write("cut.onnx", bytes[..i]), PathOf("d.json"));
            if (run.Code != 0)
                AssertOneLine(run, $"{i} bytes");
            else
                Assert.Equal([1.0, 2, 3], Model.Load(PathOf("d.json")).Weights); // cut where only remarks are left
        }
    }

    [Fact]
    public async Task What_cannot_be_exported_is_told()
    {
        var model = Write("m.json", ModelText(["a"], "[1]"));
        AssertOneLine(await Run("export", model, PathOf("m.txt")), "another name");
        AssertOneLine(await Run("export", Write("e.json", ModelText([], "[1]", intercept: true)), PathOf("m.onnx")), "no features");
        AssertOneLine(await Run("export", PathOf("none.json"), PathOf("m.onnx")), "no model");
        Assert.False(File.Exists(PathOf("m.onnx")));
        var labels = Write("l.json", ModelText(["a"], "[1]")
            .Replace("\"intercept\"", "\"labels\":[0.5,1.5],\"intercept\"", StringComparison.Ordinal));
        Assert.Equal(0, (await Run("export", labels, PathOf("m.onnx"))).Code);
        using var session = new InferenceSession(PathOf("m.onnx"));
        using var row = OrtValue.CreateTensorValueFromMemory(new float[] { 3 }, [1, 1]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, new Dictionary<string, OrtValue> { ["features"] = row }, ["label"]);
        Assert.Equal("1.5", outputs[0].GetStringElement(0));
    }
}
