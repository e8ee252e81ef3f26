using System.Buffers;
using Kernels.Links;

namespace Kernels.Verification;

/// <summary>
/// SHA-256 of the outputs over random rows with weights, offsets and NaN: loss, gradient and step, Hessian product and diagonal; and, from
/// the public entries alone, the loss along a line and accumulators with their bytes.
/// </summary>
public static class FeaturesOf
{
    /// <summary>The number of random shapes.</summary>
    public const int Shapes = 3000;

    private const int MostColumnsOfHessian = 300;

    /// <summary>What every machine must print for version 3 of the arithmetic contract.</summary>
    public const string Version3 = "ed5706c349af455c95de5cd8012570cd695f0ed1f4bd7fc722627dbe255df9fd";

    /// <summary>The same for lines and accumulators.</summary>
    public const string StreamsVersion3 = "94ae44d2d7dea30e3ec0ff19e86695ce3303fba57c2f73ea1ee17784c42d98cd";

    /// <summary>The same for gradient, Hessian and deviance, products in float64 and in float32.</summary>
    public const string SecondOrderVersion3 = "44c32a9434288abe714f31da306d442a2483975cd2b9b2e93abd64f5f70a8fa7";

    public static string Outputs(Runner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        return Hash((hash, random, in data, problem, index, dispatch) => dispatch switch
        {
            0 => Append<Logit>(hash, runner, random, data, problem, index),
            1 => Append<Identity>(hash, runner, random, data, problem, index),
            _ => Append<Log>(hash, runner, random, data, problem, index),
        });
    }

    /// <summary>Lines and accumulators, on the width that this process chose.</summary>
    public static string Streams() => Hash((hash, random, in data, problem, _, dispatch) => dispatch switch
    {
        0 => AppendStreams<Logit>(hash, random, data, problem),
        1 => AppendStreams<Identity>(hash, random, data, problem),
        _ => AppendStreams<Log>(hash, random, data, problem),
    });

    /// <summary>Loss, deviance, gradient and Hessian in float64.</summary>
    public static string SecondOrder(Runner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        return Hash((hash, random, in data, problem, index, dispatch) => data.X.Columns > MostColumnsOfHessian || dispatch switch
        {
            0 => AppendSecondOrder<Logit>(hash, runner, random, data, problem, index),
            1 => AppendSecondOrder<Identity>(hash, runner, random, data, problem, index),
            _ => AppendSecondOrder<Log>(hash, runner, random, data, problem, index),
        });
    }

    private delegate bool Appender(OutputHash hash, SplitMix random, in Observations data, RandomProblem problem, int index, int link);

    private static string Hash(Appender append)
    {
        var hash = new OutputHash();
        var random = new SplitMix(20261124);
        for (var i = 0; i < Shapes; i++)
        {
            var (rows, columns) = (i % 100) switch
            {
                99 => (random.Between(1000, 5000), random.Between(0, 40)),
                49 => (random.Between(0, 40), random.Between(257, 3000)),
                _ => (random.Between(0, 150), random.Between(0, 100)),
            };
            var problem = new RandomProblem(random, rows, columns, link: i % 3, intercept: (i / 3 % 2) != 0, gap: i / 6 % 2 * 3);
            var (weights, offset) = (new float[rows], new float[rows]);
            foreach (ref var weight in weights.AsSpan())
                weight = random.Between(0, 5) * 0.3f;
            random.Fill(offset, 0.5f);
            if (i % 4 == 3)
                problem.Damage(random, oneIn: 20);
            append(
                hash,
                random,
                new Observations(problem.X, problem.Y)
                {
                    SampleWeights = i / 5 % 3 == 0 ? default : weights,
                    Offset = i / 7 % 2 == 0 ? default : offset,
                    RowsWithNaN = i % 4 >= 2 ? RowsWithNaN.Skip : RowsWithNaN.Propagate,
                },
                problem,
                i,
                i % 3);
        }

        return hash.ToString();
    }

    private static bool Append<TLink>(OutputHash hash, Runner runner, SplitMix random, in Observations data, RandomProblem problem,
        int index)
        where TLink : struct, ILink
    {
        var reduction = index / 12 % 2 == 0 ? Reduction.Sum : Reduction.Mean;
        var l2 = index % 8 < 4 ? 0f : 0.3f;
        var output = new float[data.X.Parameters];
        var direction = new float[data.X.Parameters];
        random.Fill(direction, 0.5f);
        Add(runner.Gradient<TLink>(data, problem.Weights, output, reduction, l2));
        hash.Add(output);
        Add(runner.Loss<TLink>(data, problem.Weights, reduction, l2));
        Add(runner.HessianProduct<TLink>(data, problem.Weights, direction, output, reduction, l2));
        hash.Add(output);
        Add(runner.HessianDiagonal<TLink>(data, problem.Weights, output, reduction, l2));
        hash.Add(output);
        var step = runner.Step<TLink>(data, problem.Weights, 0.0625f, reduction, l2);
        hash.Add(step.Loss);
        hash.Add(problem.Weights);
        return true;

        void Add(Evaluation result)
        {
            hash.Add(result.Loss);
            hash.Add(result.TotalWeight);
            hash.Add(result.SkippedRows);
        }
    }

    private static bool AppendSecondOrder<TLink>(OutputHash hash, Runner runner, SplitMix random, in Observations data,
        RandomProblem problem, int index)
        where TLink : struct, ILink
    {
        var weights = Array.ConvertAll(problem.Weights, w => w * (double)MathF.PI);
        var centers = new double[index % 2 == 0 ? 0 : data.X.Columns];
        foreach (ref var center in centers.AsSpan())
            center = random.Between(-3, 3) * 0.1;
        var (gradient, hessian) = (new double[weights.Length], new double[weights.Length * (weights.Length + 1) / 2]);
        Add(runner.Hessian<TLink>(data, weights, gradient, hessian, centers));
        Add(runner.HessianSingle<TLink>(data, problem.Weights, gradient, hessian, centers));
        return true;

        void Add(HessianEvaluation result)
        {
            hash.Add(gradient);
            hash.Add(hessian);
            hash.Add([result.Loss, result.Deviance, result.TotalWeight, result.SkippedRows]);
        }
    }

    private static bool AppendStreams<TLink>(OutputHash hash, SplitMix random, in Observations data, RandomProblem problem)
        where TLink : struct, ILink
    {
        var (margins, along) = (new float[data.X.Rows], new float[data.X.Rows]);
        var direction = new float[data.X.Parameters];
        random.Fill(direction, 0.5f);
        Glm<TLink>.Margin(data.X, problem.Weights, data.Offset, margins);
        Glm<TLink>.Margin(data.X, direction, along);
        if (data.RowsWithNaN == RowsWithNaN.Propagate)
        {
            var point = Glm<TLink>.LossAlong(margins, along, data.Targets, 0.75f, data.SampleWeights);
            hash.Add(point.Loss);
            hash.Add(point.Slope);
        }

        var sum = new GradientAccumulator<TLink>(problem.Weights, data.X.HasIntercept);
        var written = new ArrayBufferWriter<byte>();
        for (var row = 0; row < data.X.Rows;)
        {
            var count = Math.Min(random.Between(1, 700), data.X.Rows - row);
            sum.Add(data.Slice(row, count));
            row += count;
            written.ResetWrittenCount();
            sum.Write(written);
            hash.Add(written.WrittenSpan);
        }

        var gradient = new float[data.X.Parameters];
        hash.Add(sum.Gradient(gradient, Reduction.Mean).Loss);
        hash.Add(gradient);
        return true;
    }
}
