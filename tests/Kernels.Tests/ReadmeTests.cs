using Kernels.Tests.Support;

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
    public void The_README_shows_that_program()
    {
        var source = Lines(ThisFile());
        var begin = Array.FindIndex(source, line => line.Trim() == "// <readme>");
        var end = Array.FindIndex(source, line => line.Trim() == "// </readme>");
        var readme = Lines(Path.Combine(Repository.Root, "README.md"));
        var fence = Array.FindIndex(readme, line => line == "```csharp");
        var close = Array.FindIndex(readme, fence, line => line == "```");
        Assert.Equal(source[(begin + 1)..end].Select(line => line[8..]), readme[(fence + 1)..close]);
    }

    [Fact]
    public void The_contract_has_the_version_of_the_library() =>
        Assert.StartsWith(
            $"# The arithmetic contract, version {ArithmeticContract.Version}\n",
            File.ReadAllText(Path.Combine(Repository.Root, "src", "Kernels", "ARITHMETIC.md")),
            StringComparison.Ordinal);

    [Fact]
    public void The_contract_names_the_committed_fingerprints()
    {
        var contract = File.ReadAllText(Path.Combine(Repository.Root, "src", "Kernels", "ARITHMETIC.md"));
        Assert.Contains(Fingerprint.FingerprintOf.Version2, contract, StringComparison.Ordinal);
        Assert.Contains(Fingerprint.FeaturesOf.Version2, contract, StringComparison.Ordinal);
        Assert.Contains(Fingerprint.FeaturesOf.StreamsVersion2, contract, StringComparison.Ordinal);
    }

    private static string[] Lines(string path) => File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');

    private static string ThisFile() => Path.Combine(Repository.Root, "tests", "Kernels.Tests", nameof(ReadmeTests) + ".cs");
}
