using System.Globalization;
using Kernels.Tests.Support;
using Kernels.Training;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Columns of words: the model is that of columns of 0 and 1 made by hand, and knows its words when it scores.</summary>
public sealed class CliCategoryTests : ToolFolder
{
    private static readonly string[] Colours = ["red", "blue", "green, dark"];

    [Fact]
    public async Task Words_are_columns_of_zero_and_one()
    {
        var (words, hand) = (Write("w.csv", Text(one: false)), Write("h.csv", Text(one: true)));
        var (left, right) = (PathOf("w.json"), PathOf("h.json"));
        var run = await Run("train", words, "--categorical", "colour,size", "--out", left);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(0, (await Run("train", hand, "--out", right)).Code);
        var (model, expected) = (Model.Load(left), Model.Load(right));
        Assert.Equal(["x", "colour=green, dark", "colour=red", "size=9", "size=10", "z"], model.Features);
        Assert.Equal(expected.Weights, model.Weights);
        Assert.Equal(["x", "colour", "size", "z"], model.Columns);
        Assert.Equal(["blue", "green, dark", "red"], model.Categories![0].Levels);
        Assert.Equal(["2", "9", "10"], model.Categories[1].Levels); // by value
        Assert.Contains("blue is the reference", (await Run("info", left)).Output, StringComparison.Ordinal);

        // Scores, in other orders and cuts, and by the library.
        var scores = (await Run("predict", right, hand)).Output;
        Assert.Equal(scores, (await Run("predict", left, words)).Output);
        var row = new float[6];
        model.Encode(["0.5", "green, dark", "10", "7"], row);
        Assert.Equal([0.5f, 1, 0, 0, 1, 7], row);
        Assert.Equal([3, 0, 2, 1], model.ColumnsIn(["colour", "z", "size", "x"]));
        var one = Write("one.csv", "z,size,colour,x\n7,10,\"green, dark\",0.5\n");
        Assert.Equal(model.Predict(row), float.Parse((await Run("predict", left, one)).Output, CultureInfo.InvariantCulture));
        Assert.Throws<ArgumentException>(() => model.Encode(["0.5", "pink", "10", "7"], new float[6]));
        Assert.Throws<ArgumentException>(() => model.Encode(["a", "red", "10", "7"], new float[6]));

        var evaluation = await Run("evaluate", left, words, "--target", "y");
        Assert.Equal((0, (await Run("evaluate", right, hand, "--target", "y")).Output), (evaluation.Code, evaluation.Output));
        Assert.Equal(0, (await Run("train", words, "--categorical", "colour,size", "--test-fraction", "0.3", "--l2", "1")).Code);
        Assert.Equal(0, (await Run("train", words, "--categorical", "colour,size", "--test", words, "--l2", "1")).Code);
        Assert.Equal(0, (await Run("train", words, "--categorical", "colour,size", "--start", left)).Code);
    }

    [Fact]
    public async Task A_word_that_training_has_not_seen_is_an_error_or_the_reference()
    {
        var model = PathOf("m.json");
        Assert.Equal(0, (await Run("train", Write("w.csv", Text(one: false)), "--categorical", "colour,size", "--out", model)).Code);
        var rows = Write("r.csv", "x,colour,size,z\n1,blue,2,3\n1,pink,2,3\n");
        var run = await Run("predict", model, rows);
        AssertOneLine(run, "pink");
        Assert.Contains(":3: column 'colour' is 'pink', which training has not seen; --unseen reference", run.Error,
            StringComparison.Ordinal);
        var scores = (await Run("predict", model, rows, "--unseen", "reference")).Output.Split('\n');
        Assert.Equal(scores[0], scores[1]);
        AssertOneLine(await Run("predict", model, rows, "--unseen", "maybe"), "neither");
    }

    [Fact]
    public async Task What_cannot_be_a_word_is_told()
    {
        var path = Write("w.csv", Text(one: false) + "1,,2,3,1\n");
        AssertOneLine(await Run("train", path, "--categorical", "colour,size"), "an empty word");
        var run = await Run("train", path, "--categorical", "colour,size", "--skip-nan");
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Contains("rows skipped", run.Output, StringComparison.Ordinal);
        run = await Run("train", Write("t.csv", Text(one: false)));
        AssertOneLine(run, "no option");
        Assert.Contains("--categorical colour", run.Error, StringComparison.Ordinal);
        AssertOneLine(await Run("train", path, "--categorical", "y"), "the target");
        AssertOneLine(await Run("train", path, "--categorical", "shape"), "no column");
        AssertOneLine(await Run("train", Write("d.txt", "1 1:2\n"), "--categorical", "1"), "LIBSVM");
        AssertOneLine(await Run("train", Write("n.csv", "a,a=2,y\n1,3,0\n2,4,1\n1,5,1\n2,6,0\n"), "--categorical", "a"),
            "a name that is there");

        // Words of which there is one tell nothing, and are left out.
        var model = PathOf("m.json");
        Assert.Equal(0,
            (await Run("train", Write("o.csv", "a,b,y\nk,1,0\nk,2,1\nk,3,1\nk,4,0\n"), "--categorical", "a", "--out", model)).Code);
        Assert.Equal(["b"], Model.Load(model).Features);
        Assert.Equal(0, (await Run("predict", model, Write("b.csv", "b\n1\n"))).Code);
    }

    private static string Text(bool one)
    {
        // Unix seconds in z: the shift goes with its column.
        int[] sizes = [9, 10, 2];
        return (one ? "x,colour=green dark,colour=red,size=9,size=10,z,y\n" : "x,colour,size,z,y\n")
            + string.Concat(Enumerable.Range(0, 60).Select(i =>
            {
                var (colour, size, x, z) = (Colours[i * 7 % 3], sizes[i * 5 % 11 % 3], (i * 13) % 17, 1_700_000_000L + (i * 37 % 59));
                var y = ((x + (colour == "red" ? 9 : 0) + (i * 29 % 23)) > 22) ? 1 : 0;
                return one
                    ? $"{x},{Bit(colour == Colours[2])},{Bit(colour == "red")},{Bit(size == 9)},{Bit(size == 10)},{z},{y}\n"
                    : $"{x},{(colour == Colours[2] ? $"\"{colour}\"" : colour)},{size},{z},{y}\n";
            }));
    }

    private static int Bit(bool set) => set ? 1 : 0;
}
