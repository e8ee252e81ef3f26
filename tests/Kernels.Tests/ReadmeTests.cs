using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>The README's program is the one below, compiled and run.</summary>
public class ReadmeTests
{
    [Fact]
    public void The_program_runs_and_learns()
    {
#pragma warning disable format // as in the README
        // <readme>
        float[] values = [0.5f, 1f, 1.5f, -1f, -0.5f, 2f, -1.5f, 0.25f];   // row-major, 4 × 2
        float[] y = [1, 1, 0, 0];
        float[] weights = new float[3];                                    // two columns and the intercept
        var x = new DesignMatrix(values, columns: 2, intercept: true);     // a view: nothing is copied
        for (var i = 0; i < 100; i++)
            LogisticRegression.Step(x, y, weights, learningRate: 0.5f);    // in place, nothing allocated
        float p = LogisticRegression.Predict([0.5f, 1f], weights, intercept: true);
        double loss = LogisticRegression.Loss(x, y, weights);
        // </readme>
#pragma warning restore format
        Assert.InRange(p, 0.5f, 1f);
        Assert.InRange(loss, 0.0, 4 * Math.Log(2));
    }

    [Fact]
    public void The_second_program_fits()
    {
        float[] y = [1, 1, 0, 0], importance = [1, 2, 1, 1];
        var x = new DesignMatrix([0.5f, 1f, 1.5f, -1f, -0.5f, 2f, -1.5f, 0.25f], columns: 2, intercept: true);
        var path = Path.GetTempFileName();
#pragma warning disable format // as in the README
        // <readme>
        var data = new Observations(x, y) { SampleWeights = importance };              // using Kernels.Links, Kernels.Training
        var fit = Fitter.Fit<Logit>(data, new() { L2 = 0.1 });                         // the optimum, whatever the units of the columns
        var model = Model.Of(ModelLink.Logit, ["age", "dose"], intercept: true, fit.Coefficients);
        model.Save(path);                                                              // atomic; JSON
        float score = Model.Load(path).Predict([0.5f, 1f]);                            // the bits of any batch
        // </readme>
#pragma warning restore format
        File.Delete(path);
        Assert.Equal(FitStatus.Optimum, fit.Status);
        Assert.InRange(score, 0.5f, 1f);
    }

    [Fact]
    public void The_README_shows_these_programs()
    {
        var shown = Between(Lines(Path.Combine(Repository.Root, "README.md")), "```csharp", "```");
        var here = Between(Array.ConvertAll(Lines(ThisFile()), line =>
            line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line), "// <readme>", "// </readme>");
        Assert.Equal(2, shown.Count);
        Assert.Equal(here, shown);

        static List<string> Between(string[] lines, string begin, string end)
        {
            var found = new List<string>();
            for (var i = Array.IndexOf(lines, begin); i >= 0; i = Array.IndexOf(lines, begin, i + 1))
                found.Add(string.Join('\n', lines[(i + 1)..Array.IndexOf(lines, end, i)]));
            return found;
        }
    }

    [Fact]
    public void The_contract_has_the_version_of_the_library() =>
        Assert.StartsWith(
            $"# The arithmetic contract, version {ArithmeticContract.Version}\n",
            File.ReadAllText(Path.Combine(Repository.Root, "src", "Kernels", "Contract", "ARITHMETIC.md")),
            StringComparison.Ordinal);

    [Fact]
    public void The_contract_names_the_committed_fingerprints()
    {
        var contract = File.ReadAllText(Path.Combine(Repository.Root, "src", "Kernels", "Contract", "ARITHMETIC.md"));
        Assert.Contains(FingerprintOf.Version3, contract, StringComparison.Ordinal);
        Assert.Contains(FeaturesOf.Version3, contract, StringComparison.Ordinal);
        Assert.Contains(FeaturesOf.SecondOrderVersion3, contract, StringComparison.Ordinal);
        Assert.Contains(FeaturesOf.StreamsVersion3, contract, StringComparison.Ordinal);
        Assert.Contains(RegimesOf.Version3, contract, StringComparison.Ordinal);
    }

    private static string[] Lines(string path) => File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');

    private static string ThisFile() => Path.Combine(Repository.Root, "tests", "Kernels.Tests", nameof(ReadmeTests) + ".cs");
}
