using Kernels.Links;
using Kernels.Loops;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>The same bits on every width: against each other in one process, and against the committed hash across processes.</summary>
public class SameBitsTests
{
    public static TheoryData<string> Engines => Engine.Names;

    [Fact]
    public void This_process_reproduces_the_committed_fingerprint() =>
        Assert.Equal(FingerprintOf.Version3, FingerprintOf.Outputs(new PublicRunner()));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Every_width_reproduces_the_committed_fingerprint(string name)
    {
        Grid.SkipEmulated(name);
        Assert.Equal(FingerprintOf.Version3, FingerprintOf.Outputs(Engine.Get(name)));
    }

    [Fact]
    public void This_process_reproduces_the_committed_fingerprints_of_the_features()
    {
        Assert.Equal(FeaturesOf.Version3, FeaturesOf.Outputs(new PublicRunner()));
        Assert.Equal(FeaturesOf.StreamsVersion3, FeaturesOf.Streams());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Every_width_reproduces_the_committed_fingerprint_of_the_features(string name)
    {
        Grid.SkipEmulated(name);
        Assert.Equal(FeaturesOf.Version3, FeaturesOf.Outputs(Engine.Get(name)));
    }

    [Fact]
    public void This_process_reproduces_the_committed_fingerprint_of_larger_data() =>
        Assert.Equal(RegimesOf.Version3, RegimesOf.Outputs(new PublicRunner()));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Every_width_reproduces_the_committed_fingerprint_of_larger_data(string name)
    {
        Grid.SkipEmulated(name);
        Assert.Equal(RegimesOf.Version3, RegimesOf.Outputs(Engine.Get(name)));
    }

    [Fact]
    public void All_widths_agree_on_every_shape_and_model()
    {
        var widths = Engine.Supported.ToArray();
        Assert.True(widths.Length >= 2);
        Grid.ForEach(null, (rows, columns, intercept, gap) =>
        {
            Agree<Logit>(1f);
            Agree<Identity>(1f);
            Agree<Log>(0.1f);

            void Agree<TLink>(float scale)
                where TLink : struct, ILink
            {
                var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap, scale);
                var gradient = new float[p.Gradient.Length];
                var loss = widths[^1].Gradient<TLink>(p.X, p.Y, p.Weights, gradient);
                foreach (var engine in widths[..^1])
                {
                    var what = Bits.Shape(engine.Name, rows, columns, intercept, gap);
                    Bits.Equal(loss, engine.Gradient<TLink>(p.X, p.Y, p.Weights, p.Gradient), what);
                    Bits.Equal(gradient, p.Gradient, what);
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Alignment_does_not_matter(string name)
    {
        var engine = Engine.Get(name);
        var p = Problem.Random(7, 37, 53, intercept: true);
        var expectedLoss = engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
        var buffer = new float[(37 * 53) + 37 + (2 * 54) + 64];
        for (var offset = 0; offset < 16; offset++)
        {
            var rest = buffer.AsSpan(offset);
            var values = Take(ref rest, 37 * 53);
            for (var i = 0; i < 37; i++)
                p.X.Row(i).CopyTo(values[(i * 53)..]);
            var y = Take(ref rest, 37);
            p.Y.CopyTo(y);
            var weights = Take(ref rest, 54);
            p.Weights.CopyTo(weights);
            var gradient = Take(ref rest, 54);
            var loss = engine.Gradient<Logit>(new DesignMatrix(values, 53, intercept: true), y, weights, gradient);
            Bits.Equal(expectedLoss, loss, $"offset {offset}");
            Bits.Equal(p.Gradient, gradient, $"offset {offset}");
        }

        static Span<float> Take(ref Span<float> rest, int count)
        {
            var taken = rest[..count];
            rest = rest[count..];
            return taken;
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_row_is_predicted_the_same_alone_and_in_any_batch(string name)
    {
        var engine = Engine.Get(name);
        foreach (var columns in new[] { 1, 15, 16, 31, 32, 100, 257 })
        {
            var p = Problem.Random(11, 67, columns, intercept: true, gap: 3, scale: 0.5f);
            var together = new float[67];
            engine.Predict<Logit>(p.X, p.Weights, together);
            for (var start = 0; start < 67; start++)
            {
                for (var count = 1; count <= Math.Min(33, 67 - start); count += 4)
                {
                    var part = new float[count];
                    engine.Predict<Logit>(p.X.Slice(start, count), p.Weights, part);
                    Bits.Equal(together.AsSpan(start, count), part, $"{columns} columns, rows {start}+{count}");
                }

                Bits.Equal([together[start]], [LogisticRegression.Predict(p.X.Row(start), p.Weights, intercept: true)], "alone");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_rows_of_a_small_request_have_the_means_of_a_large_one(string name)
    {
        var engine = Engine.Get(name);
        for (var columns = 0; columns <= 129; columns++)
        {
            var p = Problem.Random((ulong)columns, 40, columns, intercept: columns % 2 == 0, gap: columns % 3, scale: 0.5f);
            Agree<Logit>();
            Agree<Log>();
            Agree<Identity>();

            void Agree<TLink>()
                where TLink : struct, ILink
            {
                var together = new float[40];
                engine.Predict<TLink>(p.X, p.Weights, together);
                for (var rows = 1; rows <= 9; rows++)
                {
                    var part = new float[rows + 1];
                    part[rows] = 7f;
                    engine.Predict<TLink>(p.X.Slice(3, rows), p.Weights, part.AsSpan(0, rows));
                    Bits.Equal([.. together.AsSpan(3, rows), 7f], part, $"{rows}x{columns}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Long_rows_come_in_smaller_blocks_and_give_the_same_bits(string name)
    {
        // Zero columns change nothing, but take the rows past the length from which blocks are smaller.
        const int Columns = 4090;
        var engine = Engine.Get(name);
        foreach (var rows in new[] { 1, 7, 8, 9, 15, 16, 17, 24, 29, 37 })
        {
            var p = Problem.Random((ulong)rows, rows, Columns, scale: 0.05f);
            var padded = new Problem(rows, 4100).FillX((i, j) => j < Columns ? p[i, j] : 0f);
            p.Y.CopyTo(padded.Y, 0);
            p.Weights.CopyTo(padded.Weights, 0);
            Bits.Equal(
                engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient),
                engine.Gradient<Logit>(padded.X, padded.Y, padded.Weights, padded.Gradient),
                $"{rows} rows, loss");
            Bits.Equal(p.Gradient, padded.Gradient.AsSpan(0, Columns), $"{rows} rows");
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Slices_of_1024_rows_are_summed_in_double_along_the_tree(string name)
    {
        var engine = Engine.Get(name);
        foreach (var rows in new[] { 1023, 1024, 1025, 2048, 2049, 3072, 4099, 7168, 7500 })
            CheckSlices(engine, rows, 19);
    }

    [Theory]
    [InlineData(3000, 100)] // side by side, where the slice alone would be, and in order where all is
    [InlineData(33_000, 257)] // blocks of 32 rows, and of 16 where all comes from memory
    public void The_size_of_X_does_not_matter(int rows, int columns)
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        foreach (var engine in Engine.Supported.Take(2))
            CheckSlices(engine, rows, columns);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_gradient_alone_has_the_bits_of_the_gradient(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap);
            var alone = new float[p.Gradient.Length];
            engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
            engine.GradientOnly<Logit>(p.X, p.Y, p.Weights, alone);
            Bits.Equal(p.Gradient, alone, Bits.Shape(name, rows, columns, intercept, gap));
        });
    }

    private static void CheckSlices(Engine engine, int rows, int columns)
    {
        var p = Problem.Random((ulong)rows, rows, columns, intercept: true);
        var nodes = new List<(double Loss, double[] Gradient)>();
        for (var start = 0; start < rows; start += 1024)
        {
            var count = Math.Min(1024, rows - start);
            var loss = engine.Gradient<Logit>(p.X.Slice(start, count), p.Y.AsSpan(start, count), p.Weights, p.Gradient);
            nodes.Add((loss, DoubleOracle.Widen(p.Gradient)));
        }

        // Neighbours in pairs, level by level; an odd one out goes up as it is.
        while (nodes.Count > 1)
        {
            nodes = [.. nodes.Chunk(2).Select(pair => pair.Length == 1
                ? pair[0]
                : (pair[0].Loss + pair[1].Loss, pair[0].Gradient.Zip(pair[1].Gradient, (a, b) => a + b).ToArray()))];
        }

        var total = engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
        Bits.Equal(nodes[0].Loss, total, $"{rows} rows");
        Bits.Equal(Array.ConvertAll(nodes[0].Gradient, g => (float)g), p.Gradient, $"{rows} rows");

        total = engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient, Reduction.Mean);
        Bits.Equal(nodes[0].Loss / rows, total, $"{rows} rows, mean");
        Bits.Equal(Array.ConvertAll(nodes[0].Gradient, g => (float)(g / rows)), p.Gradient, $"{rows} rows, mean");
    }
}
