using System.Buffers.Binary;
using Kernels.Links;
using Org.BouncyCastle.Crypto.Digests;

namespace Kernels.Fingerprint;

/// <summary>
/// SHA-256 of the little-endian bits of all outputs over random shapes: three models, gradient, loss, step,
/// prediction and margin, with and without intercept and stride, sum and mean, one slice and several.
/// </summary>
public static class FingerprintOf
{
    /// <summary>The number of random shapes.</summary>
    public const int Shapes = 12_000;

    /// <summary>What every machine must print for version 2 of the arithmetic contract.</summary>
    public const string Version2 = "fc6f82c293f5c6303d09fd26438ac9a6695bbe092fb0b022504d24b476545ae0";

    public static string Outputs(Runner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        var hash = new Sha256Digest(); // managed: the platform's own needs a native library
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
            var problem = new Problem(random, rows, columns, link: i % 3, intercept: (i / 3 % 2) != 0, gap: i / 6 % 2 * 3);
            switch (i % 3)
            {
                case 0:
                    Append<Logit>(hash, runner, problem, i);
                    break;
                case 1:
                    Append<Identity>(hash, runner, problem, i);
                    break;
                default:
                    Append<Log>(hash, runner, problem, i);
                    break;
            }
        }

        var digest = new byte[hash.GetDigestSize()];
        hash.DoFinal(digest, 0);
        return Convert.ToHexStringLower(digest);
    }

    private static void Append<TLink>(Sha256Digest hash, Runner runner, Problem problem, int index)
        where TLink : struct, ILink
    {
        var x = problem.X;
        var reduction = index / 12 % 2 == 0 ? Reduction.Sum : Reduction.Mean;
        var output = new float[Math.Max(x.Parameters, x.Rows)];

        var gradient = output.AsSpan(0, x.Parameters);
        Append(hash, runner.Gradient<TLink>(x, problem.Y, problem.Weights, gradient, reduction));
        Append(hash, gradient);
        Append(hash, runner.Loss<TLink>(x, problem.Y, problem.Weights, reduction));

        var means = output.AsSpan(0, x.Rows);
        runner.Predict<TLink>(x, problem.Weights, means);
        Append(hash, means);
        runner.Predict<Identity>(x, problem.Weights, means);
        Append(hash, means);

        var step = runner.Step<TLink>(x, problem.Y, problem.Weights, 0.0625f, reduction);
        Append(hash, step.Loss);
        Append(hash, problem.Weights);
    }

    private static void Append(Sha256Digest hash, double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        hash.BlockUpdate(bytes);
    }

    private static void Append(Sha256Digest hash, ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        hash.BlockUpdate(bytes);
    }

    private sealed class Problem
    {
        private readonly float[] _values;
        private readonly int _rows;
        private readonly int _columns;
        private readonly int _stride;
        private readonly bool _intercept;

        internal Problem(SplitMix random, int rows, int columns, int link, bool intercept, int gap)
        {
            (_rows, _columns, _stride, _intercept) = (rows, columns, columns + gap, intercept);
            _values = new float[rows * _stride];
            random.Fill(_values, 2f);
            Y = new float[rows];
            foreach (ref var y in Y.AsSpan())
            {
                y = link switch
                {
                    0 => random.Between(0, 4) * 0.25f,
                    1 => random.PlusMinusOne() * 5f,
                    _ => random.Between(0, 9),
                };
            }

            // Margins from the middle of the link to its ends.
            Weights = new float[columns + (intercept ? 1 : 0)];
            var scale = random.Between(0, 9) switch { 0 => 0f, 1 => 8f, 2 => 2f, _ => 0.25f };
            random.Fill(Weights, link == 2 ? Math.Min(scale, 0.25f) : scale);
        }

        internal DesignMatrix X => new(_values, _rows, _columns, _stride, _intercept);

        internal float[] Y { get; }

        internal float[] Weights { get; }
    }
}
