using Kernels.Lanes;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Rows;
using Kernels.Sums;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>Several threads: the bits of one, and nothing written by a call that is stopped.</summary>
public class ParallelTests
{
    // One slice more or less than whole chunks, an odd number of chunks, a last chunk of one row; more than 64 slices, so several in a
    // chunk.
    public static TheoryData<int> Rows =>
        [0, 1, 1000, 1024, 1025, 2048, 2049, 5000, 7 * 1024, 65 * 1024, (65 * 1024) + 1, 131_073, 200_000];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Any_number_of_threads_gives_the_bits_of_one(int rows)
    {
        if (Grid.IsThinned && rows > 10_000)
            Assert.Skip("fused multiply-add in software");
        Check<Logit>();
        Check<Identity>();
        Check<Log>();

        void Check<TLink>()
            where TLink : struct, ILink
        {
            var p = Problem.Random((ulong)rows, rows, 5, intercept: true, gap: 1, scale: 0.2f);
            foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
            {
                var (expected, actual) = (new float[6], new float[6]);
                var loss = Glm<TLink>.Gradient(p.X, p.Y, p.Weights, expected, reduction);
                var (stepped, means) = ((float[])p.Weights.Clone(), new float[rows]);
                var step = Glm<TLink>.Step(p.X, p.Y, stepped, 1e-3f, reduction);
                Glm<TLink>.Predict(p.X, p.Weights, means);
                foreach (var threads in new[] { 1, 2, 3, 7, 64 })
                {
                    var what = $"{typeof(TLink).Name} {rows} rows {reduction} {threads} threads";
                    var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
                    var weights = (float[])p.Weights.Clone();
                    var predictions = new float[rows];
                    if (rows > 1024)
                    {
                        Bits.Equal(loss, Forced<GradientPass<TLink>>(p.Weights, actual, options).Loss, what);
                        Bits.Equal(expected, actual, what);
                        Bits.Equal(loss, Forced<LossPass<TLink>>(p.Weights, [], options).Loss, what + " loss");
                        Assert.Equal(step, Forced<StepPass<TLink>>(weights, [], options));
                        Bits.Equal(stepped, weights, what + " step");
                        Forced<PredictionPass<TLink>>(p.Weights, predictions, options);
                        Bits.Equal(means, predictions, what + " predictions");
                    }

                    // By the public entries, which may decide to stay on one thread.
                    Bits.Equal(loss, Glm<TLink>.Gradient(p.X, p.Y, p.Weights, actual, options, reduction), what);
                    Bits.Equal(expected, actual, what);
                    Bits.Equal(loss, Glm<TLink>.Loss(p.X, p.Y, p.Weights, options, reduction), what);
                    weights = (float[])p.Weights.Clone();
                    Assert.Equal(step, Glm<TLink>.Step(p.X, p.Y, weights, 1e-3f, options, reduction));
                    Bits.Equal(stepped, weights, what);
                    Glm<TLink>.Predict(p.X, p.Weights, predictions, options);
                    Bits.Equal(means, predictions, what);
                }

                StepResult Forced<TPass>(float[] weights, float[] output, ParallelOptions options)
                    where TPass : struct, IParallelPass => Simd.Width switch
                    {
                        SimdWidth.Vector512 => On<TPass, Lanes512>(weights, output, options),
                        SimdWidth.Vector256 => On<TPass, Lanes256>(weights, output, options),
                        SimdWidth.Vector128 => On<TPass, Lanes128>(weights, output, options),
                        _ => On<TPass, ScalarLanes>(weights, output, options),
                    };

                StepResult On<TPass, TLanes>(float[] weights, float[] output, ParallelOptions options)
                    where TPass : struct, IParallelPass
                    where TLanes : struct, ILanes<TLanes>
                {
                    var counts = default(RowCounts);
                    var sums = Call.Run<TPass, TLanes>(new Observations(p.X, p.Y), weights, default, output, reduction, 1e-3f, 0f, options,
                        ref counts, Sharing.Chunks);
                    return new(sums.Loss, counts.Applied);
                }
            }
        }
    }

    [Fact]
    public void A_cancelled_call_has_written_nothing()
    {
        var p = Problem.Random(3, 20_000, 30);
        var (gradient, means, weights) = (new float[30], new float[20_000], (float[])p.Weights.Clone());
        using var source = new CancellationTokenSource();
        source.Cancel();
        var options = new ParallelOptions { CancellationToken = source.Token };
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Gradient(p.X, p.Y, p.Weights, gradient, options));
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Loss(p.X, p.Y, p.Weights, options));
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Step(p.X, p.Y, weights, 0.1f, options));
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Predict(p.X, p.Weights, means, options));
        Assert.All(gradient, g => Assert.Equal(0, g));
        Assert.All(means, m => Assert.Equal(0, m));
        Assert.Equal(p.Weights, weights);
    }

    [Fact]
    public void A_call_cancelled_half_way_has_written_nothing()
    {
        // The link cancels the call when it sees the first rows; their chunk is finished, and then nothing more is begun.
        var p = Problem.Random(4, 70_000, 40);
        var means = new float[70_000];
        using var source = new CancellationTokenSource();
        CancelsHalfWay.Source = source;
        var options = new ParallelOptions { CancellationToken = source.Token, MaxDegreeOfParallelism = 2 };
        var counts = default(RowCounts);
        Assert.Throws<OperationCanceledException>(() =>
            Call.Run<PredictionPass<CancelsHalfWay>>(new Observations(p.X, p.Y), p.Weights, default, means, default, 0f, 0f, options,
                ref counts));
        Assert.True(CancelsHalfWay.Called);
        Assert.All(means, m => Assert.Equal(0, m));
    }

    [Fact]
    public void Options_are_asked_for()
    {
        var p = Problem.Random(5, 10, 3);
        Assert.Throws<ArgumentNullException>(() => LogisticRegression.Loss(p.X, p.Y, p.Weights, null!));
        Assert.Equal("y", Assert.Throws<ArgumentException>(() =>
            LogisticRegression.Loss(p.X, p.Y.AsSpan(1), p.Weights, new ParallelOptions())).ParamName);
        Assert.Equal("gradient", Assert.Throws<ArgumentException>(() =>
            LogisticRegression.Gradient(p.X, p.Y, p.Weights, new float[2], new ParallelOptions())).ParamName);
    }

    private readonly struct CancelsHalfWay : ILink
    {
        public static CancellationTokenSource? Source { get; set; }

        public static bool Called { get; private set; }

        public static double CurvatureBound => 1;

        static bool ILink.HasLogPart => false;

        static float ILink.NeutralMargin => 0f;

        static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError) =>
            throw new NotSupportedException();

        static TLanes ILink.Mean<TLanes>(TLanes z)
        {
            Called = true;
            Source!.Cancel();
            return TLanes.Broadcast(1f);
        }

        static TLanes ILink.MeanDerivative<TLanes>(TLanes z) => throw new NotSupportedException();

        static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch,
            ref LossSum<TLanes> sum) => throw new NotSupportedException();

        static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper) =>
            throw new NotSupportedException();
    }
}
