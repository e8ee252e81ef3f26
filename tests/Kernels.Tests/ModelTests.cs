using System.Text;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>A model as a file and as something that scores rows.</summary>
public sealed class ModelTests : ToolFolder
{
    [Fact]
    public void A_model_comes_back_as_it_was()
    {
        var model = Model.Of(ModelLink.Logit, ["a", "b"], intercept: true, [0.1, -1e-9, 3], [1e6, 2], [3.0, 1]) with
        {
            Target = "y",
            Labels = [1, 2],
            Offset = "o",
            SampleWeights = "n",
            Penalty = new(1, 2, true),
            Fit = new("Optimum", 1e-9, 100, 12.5, 20, 1, [0.5, null, 1]),
        };
        var path = PathOf("m.json");
        model.Save(path);
        var read = Model.Load(path);
        Assert.Equal(model.Weights, read.Weights);
        Assert.Equal(model.Centers, read.Centers);
        Assert.Equal((model.CenteredIntercept, model.Target, model.Offset, model.SampleWeights, model.Penalty),
            (read.CenteredIntercept, read.Target, read.Offset, read.SampleWeights, read.Penalty));
        Assert.Equal(model.Fit.StandardErrors, read.Fit!.StandardErrors);
        Assert.Equal([1e6, 0], read.Centers);
        Assert.Equal([path], Directory.GetFiles(Folder.FullName));
    }

    [Fact]
    public void A_row_is_scored_with_the_bits_of_the_kernels()
    {
        var p = Problem.Random(4, 50, 7, intercept: true);
        var model = Model.Of(ModelLink.Logit, [.. Enumerable.Range(0, 7).Select(j => $"c{j}")], true,
            Array.ConvertAll(p.Weights, w => (double)w));
        var (means, expected) = (new float[50], new float[50]);
        model.Predict(p.X, default, means);
        LogisticRegression.Predict(p.X, p.Weights, expected);
        Bits.Equal(expected, means, "batch");
        Bits.Equal([expected[9]], [model.Predict(p.X.Row(9))], "alone");
    }

    [Fact]
    public void A_copy_with_other_weights_scores_with_them()
    {
        var model = Model.Of(ModelLink.Identity, ["a"], intercept: true, [2, 1]);
        Assert.Equal(7, model.Predict([3f]));
        Assert.Equal(31, (model with { Weights = [10, 1] }).Predict([3f]));
        Assert.Equal(7, model.Predict([3f]));
    }

    [Fact]
    public void The_first_prediction_of_a_model_from_a_file_allocates_nothing()
    {
        var path = PathOf("m.json");
        Model.Of(ModelLink.Logit, ["a", "b"], intercept: true, [2, 3, 1]).Save(path);
        float[] row = [1, -1];
        for (var i = 0; i < 3; i++)
            Model.Load(path).Predict(row); // compiled
        var allocated = new long[4];
        for (var i = 0; i < allocated.Length; i++)
        {
            var model = Model.Load(path);
            var before = GC.GetAllocatedBytesForCurrentThread();
            model.Predict(row);
            allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated.Count(bytes => bytes != 0) <= 1, string.Join(", ", allocated));
    }

    [Fact]
    public void Columns_are_found_by_name()
    {
        var model = Model.Of(ModelLink.Log, ["b", "a"], false, [1, 2]);
        Assert.Equal([3, 0], model.ColumnsIn(["a", "x", "y", "b", "x"]));
        Assert.Contains("no column 'b'", Assert.Throws<ArgumentException>("columns", () => { model.ColumnsIn(["a"]); }).Message,
            StringComparison.Ordinal);
        Assert.Contains("more than one column 'a'",
            Assert.Throws<ArgumentException>("columns", () => { model.ColumnsIn(["a", "b", "a"]); }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_far_from_zero_are_scored_less_their_centres()
    {
        // y = (t − 1.7e9)/1000: float32 weights of the raw column would be off by hundreds.
        var model = Model.Of(ModelLink.Identity, ["t"], true, [0.001, -1.7e6], [1.7e9], [256.0]);
        for (var i = -4; i <= 4; i++)
            Assert.Equal(0.128f * i, model.Predict([1.7e9f + (128 * i)]), 1e-5f);
        Assert.Equal(0.128 * 3, model.Margin([1.7e9f + (128 * 3)]), 1e-9);
        var means = new float[3000];
        var x = new float[3000];
        for (var i = 0; i < x.Length; i++)
            x[i] = 1.7e9f + (128 * (i % 100));
        var offset = Enumerable.Repeat(2f, 3000).ToArray();
        model.Predict(new DesignMatrix(x, 1), offset, means);
        for (var i = 0; i < x.Length; i++)
            Assert.Equal(model.Predict(x.AsSpan(i, 1), 2), means[i]);
    }

    [Fact]
    public void Rows_that_come_less_a_constant_have_the_means_of_the_rows_as_they_were()
    {
        var model = Model.Of(ModelLink.Identity, ["t", "x"], true, [0.001, 2, -1.7e6], [1.7e9, 0], [256.0, 1]);
        foreach (var constants in new double[][] { [1.7e9, 0], [1.7e9 + 3, 0.5], [0, 0.5] })
        {
            // Seconds that float32 does not hold.
            var (t, x) = (1.7e9 + 12.5, 3.0);
            var less = model.Less(constants);
            var expected = 0.0125 + (2 * x);
            Assert.Equal(expected, less.Predict([(float)(t - constants[0]), (float)(x - constants[1])]), constants[0] == 0 ? 0.2 : 1e-6);
        }

        Assert.Same(model, model.Less(null));
        Assert.Equal("constants", Assert.Throws<ArgumentException>(() => model.Less([1])).ParamName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void What_is_no_model_is_refused_whole(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        Assert.Throws<InvalidDataException>(() => Model.Read(stream));
    }

    [Theory]
    [InlineData("\"kernels-model\"", "\"other\"")]
    [InlineData("\"version\":1", "\"version\":3")]
    [InlineData("\"logit\"", "\"probit\"")]
    [InlineData("\"arithmeticContract\":3", "\"arithmeticContract\":99")]
    [InlineData("\"intercept\":false", "\"intercept\":true")]
    [InlineData("[\"a\"]", "[null]")]
    [InlineData("[\"a\"]", "[]")]
    [InlineData("[1]", "[1e99]")]
    [InlineData("[1]", "[1],\"centers\":[1],\"centeredIntercept\":0")]
    [InlineData("false,\"weights\":[1]", "true,\"weights\":[1,2],\"centers\":[1,2],\"centeredIntercept\":0")]
    [InlineData("false,\"weights\":[1]", "true,\"weights\":[1,2],\"centers\":[1]")]
    [InlineData("[1]", "[1],\"labels\":[1]")]
    [InlineData("[1]", "[1],\"fit\":{}")]
    public void A_model_with_one_thing_wrong_is_refused_whole(string right, string wrong)
    {
        const string Text = """
            {"format":"kernels-model","version":1,"link":"logit","arithmeticContract":3,"features":["a"],"intercept":false,"weights":[1]}
            """;
        using var model = new MemoryStream(Encoding.UTF8.GetBytes(Text));
        Assert.Equal(1, Model.Read(model).Weights.Single());
        What_is_no_model_is_refused_whole(Text.Replace(right, wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_of_before_are_read()
    {
        using var stream = new MemoryStream("""
            {"link":"log","arithmeticContract":2,"features":["b","a"],"intercept":true,"weights":[0.5,-0.25,0.1]}
            """u8.ToArray());
        var model = Model.Read(stream);
        Assert.Equal((ModelLink.Log, 2), (model.Link, model.ArithmeticContract));
        Assert.Equal(MathF.Exp(0.5f - 0.5f + 0.1f), model.Predict([1f, 2f]), 1e-6f);
    }

    [Fact]
    public void A_failed_save_leaves_what_was_there()
    {
        var path = PathOf("m.json");
        File.WriteAllText(path, "old");
        var model = Model.Of(ModelLink.Log, ["a"], false, [1]);
        Assert.ThrowsAny<IOException>(() => model.Save(Path.Combine(Folder.FullName, "no", "m.json")));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal("coefficients", Assert.Throws<ArgumentException>(() => Model.Of(ModelLink.Log, ["a"], true, [1])).ParamName);
        Assert.Equal("x",
            Assert.Throws<ArgumentException>(() => model.Predict(new DesignMatrix([1f, 2], 2), default, new float[1])).ParamName);
        Assert.Equal("row", Assert.Throws<ArgumentException>(() => { model.Margin([1f, 2]); }).ParamName);
    }
}
