using System.Globalization;
using System.Text.RegularExpressions;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>PROMISES.md, line by line: what it says keeps a promise exists, and no figure is worse than it stands there.</summary>
public partial class PromisesTests(ITestOutputHelper output)
{
    // A figure that is so much better than the page says makes the page untrue.
    private const double Slack = 0.03;

    private static readonly Dictionary<int, Func<double>> Figures = new()
    {
        [1] = () => FingerprintOf.Shapes + (3 * FeaturesOf.Shapes) + RegimesOf.Shapes.Count,
        [7] = () => Fuzz.Run(1, Grid.IsThinned ? 2_000 : 20_000).LargestShare,
        [8] = () => LargestErrorOf("Sigmoid"),
        [9] = () => LargestErrorOf("Exp"),
        [12] = () => CertifiedSet.All.Min(name => FitOf(name).Coefficients),
        [13] = () => CertifiedSet.All.Where(HasErrors).Min(name => FitOf(name).Errors),
        [15] = BytesOfCalls,
        [19] = () => MethodsOf(nameof(MachineCodeTests.Loops_of_512_bits)) + MethodsOf(nameof(MachineCodeTests.Loops_of_256_bits))
            + MethodsOf(nameof(MachineCodeTests.Loops_that_ask_ahead)),
    };

    private static readonly (int Number, string Promise, string Keepers, string Figure)[] Lines =
        [.. Line().Matches(File.ReadAllText(Path.Combine(Repository.Root, "PROMISES.md")))
            .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value, match.Groups[3].Value,
                match.Groups[4].Value))];

    public static TheoryData<int> Promises => [.. Lines.Select(line => line.Number)];

    public static TheoryData<int> Measured => [.. Figures.Keys];

    [Fact]
    public void They_are_numbered_and_every_figure_is_measured()
    {
        Assert.Equal(Enumerable.Range(1, Lines.Length), Lines.Select(line => line.Number));
        Assert.InRange(Lines.Length, 20, 100);
        Assert.Equal(Figures.Keys.Order(), Lines.Where(line => line.Figure.Length > 0).Select(line => line.Number));
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public void What_keeps_it_exists(int number)
    {
        var keepers = Code().Matches(Lines[number - 1].Keepers).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(keepers);
        foreach (var keeper in keepers)
        {
            if (keeper.Contains('/', StringComparison.Ordinal))
            {
                Assert.True(File.Exists(Path.Combine(Repository.Root, keeper)), $"there is no file {keeper}");
                continue;
            }

            var parts = keeper.Split('.');
            var method = typeof(PromisesTests).Assembly.GetType($"Kernels.Tests.{parts[0]}")?.GetMethod(parts[1]);
            Assert.True(method is not null && method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length == 1,
                $"there is no test {keeper}");
        }
    }

    [Theory]
    [MemberData(nameof(Measured))]
    public void Its_figure_is_no_worse(int number)
    {
        var promised = Figure().Match(Lines[number - 1].Figure);
        Assert.True(promised.Success, Lines[number - 1].Figure);
        var (isLeast, figure) = (promised.Groups[1].Value == "least", double.Parse(promised.Groups[2].Value, CultureInfo.InvariantCulture));
        var found = Figures[number]();
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture,
            $"{Lines[number - 1].Promise}: {found:G4} (at {promised.Groups[1].Value} "
            + $"{promised.Groups[2].Value}{promised.Groups[3].Value})"));
        if (isLeast)
            Assert.InRange(found, figure, figure * (1 + Slack));
        else
            Assert.InRange(found, Grid.IsThinned ? 0 : figure * (1 - Slack), figure);
    }

    private static double LargestErrorOf(string function)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "src", "Kernels", "Contract", "ACCURACY.md"));
        var match = Regex.Match(page, $@"\| {function} \| [\d,]+ \| [\d.]+ \| ([\d.]+) \|");
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    // −log₁₀ of the largest relative error.
    private static (double Coefficients, double Errors) FitOf(string name)
    {
        var set = CertifiedSet.Of(name);
        var fit = Fits.Fit(set.Link, set.Data, new());
        return (Digits(set.Coefficients, fit.Coefficients), Digits(set.Errors, fit.StandardErrors));

        static double Digits(IReadOnlyList<double> certified, IReadOnlyList<double> found) => Enumerable.Range(0, certified.Count)
            .Where(j => double.IsFinite(certified[j]) && certified[j] != 0)
            .Min(j => -Math.Log10(Math.Max(Math.Abs(found[j] - certified[j]) / Math.Abs(certified[j]), 1e-16)));
    }

    // An exact fit has none.
    private static bool HasErrors(string name) => CertifiedSet.Of(name).Deviance > 1e-6;

    private static double BytesOfCalls()
    {
        var p = Problem.Random(3, 100, 20, intercept: true);
        var means = new float[100];
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            LogisticRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient);
            LogisticRegression.Predict(p.X, p.Weights, means);
            LogisticRegression.Step(p.X, p.Y, p.Weights, 0.001f);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before); // the runtime may take some for itself
        }

        return least;
    }

    private static int MethodsOf(string test) =>
        typeof(MachineCodeTests).GetMethod(test)!.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Length;

    [GeneratedRegex(@"^\| (\d+) \| (.+?) \| (.+?) \| (.*?) ?\|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^at (least|most) ([\d.]+)(.*)$")]
    private static partial Regex Figure();
}
