using Kernels.Links;

namespace Kernels.Verification;

/// <summary>
/// SHA-256 of the little-endian bits of all outputs over random shapes: three models, gradient, loss, step,
/// prediction and margin, with and without intercept and stride, sum and mean, one slice and several.
/// </summary>
public static class FingerprintOf
{
    /// <summary>The number of random shapes.</summary>
    public const int Shapes = 12_000;

    /// <summary>What every machine must print for version 3 of the arithmetic contract.</summary>
    public const string Version3 = "fc6f82c293f5c6303d09fd26438ac9a6695bbe092fb0b022504d24b476545ae0";

    public static string Outputs(Runner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        var hash = new OutputHash();
        var random = new SplitMix(20261123);
        for (var i = 0; i < Shapes; i++)
        {
            // Mostly small; some of many rows, some of long rows, a few of very long ones.
            var (rows, columns) = (i % 400) switch
            {
                399 => (random.Between(1000, 6000), random.Between(0, 40)),
                199 => (random.Between(0, 40), random.Between(257, 5000)),
                99 when i % 2000 == 99 => (random.Between(1, 13), random.Between(24_000, 26_000)),
                _ => (random.Between(0, 70), random.Between(0, 260)),
            };
            var problem = new RandomProblem(random, rows, columns, link: i % 3, intercept: (i / 3 % 2) != 0, gap: i / 6 % 2 * 3);
            Append(hash, runner, problem, i);
        }

        return hash.ToString();
    }

    /// <summary>Adds the outputs of one problem; its number chooses the model and the reduction.</summary>
    internal static void Append(OutputHash hash, Runner runner, RandomProblem problem, int index)
    {
        switch (index % 3)
        {
            case 0:
                Append<Logit>(hash, runner, problem, index);
                break;
            case 1:
                Append<Identity>(hash, runner, problem, index);
                break;
            default:
                Append<Log>(hash, runner, problem, index);
                break;
        }
    }

    private static void Append<TLink>(OutputHash hash, Runner runner, RandomProblem problem, int index)
        where TLink : struct, ILink
    {
        var x = problem.X;
        var reduction = index / 12 % 2 == 0 ? Reduction.Sum : Reduction.Mean;
        var output = new float[Math.Max(x.Parameters, x.Rows)];

        var gradient = output.AsSpan(0, x.Parameters);
        hash.Add(runner.Gradient<TLink>(x, problem.Y, problem.Weights, gradient, reduction));
        hash.Add(gradient);
        hash.Add(runner.Loss<TLink>(x, problem.Y, problem.Weights, reduction));

        var means = output.AsSpan(0, x.Rows);
        runner.Predict<TLink>(x, problem.Weights, means);
        hash.Add(means);
        runner.Predict<Identity>(x, problem.Weights, means);
        hash.Add(means);

        var step = runner.Step<TLink>(x, problem.Y, problem.Weights, 0.0625f, reduction);
        hash.Add(step.Loss);
        hash.Add(problem.Weights);
    }
}
