using Kernels.Lanes;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Rows;
using Kernels.Sums;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>A team of threads: the bits of one thread, however its threads come and go; nothing allocated; one call at a time.</summary>
public class ThreadTeamTests
{
    // Blocks of 64 rows and parts of them, slices and parts of them; columns of one part and of many, in whole vectors and not.
    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 300 }, { 3, 16 }, { 63, 257 }, { 64, 256 }, { 65, 1000 }, { 700, 300 }, { 1024, 40 }, { 1025, 130 }, { 2048, 33 },
        { 3000, 260 }, { 2100, 5000 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shared_out_as_a_wave_the_bits_are_those_of_one_thread(int rows, int columns)
    {
        if (Grid.IsThinned)
            rows = Math.Min(rows, 1100);
        foreach (var intercept in new[] { false, true })
        {
            var p = Problem.Random((ulong)(rows + columns), rows, columns, intercept, gap: columns % 3, scale: 0.2f);
            var offset = Enumerable.Range(0, rows).Select(i => (i % 7) * 0.1f).ToArray();
            var weights = Enumerable.Range(0, rows).Select(i => (float)(i % 4)).ToArray();
            var holes = Problem.Random(5, rows, columns, intercept, scale: 0.2f);
            for (var i = 0; i < rows; i += 5)
                holes[i, i % columns] = float.NaN;
            foreach (var threads in new[] { 1, 2, 3, 17 })
            {
                using var team = new ThreadTeam(threads);
                foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
                {
                    var plain = new Observations(p.X, p.Y);
                    var special = new Observations(p.X, p.Y) { SampleWeights = weights, Offset = offset };
                    Check<GradientPass<Logit>>(p, plain, reduction, team);
                    Check<LossPass<Logit>>(p, plain, reduction, team);
                    Check<GradientPass<Weighted<Logit>>>(p, special, reduction, team);
                    Check<GradientPass<Logit>>(holes, new(holes.X, holes.Y) { RowsWithNaN = RowsWithNaN.Skip }, reduction, team);
                    Check<GradientPass<Log>>(p, new(p.X, p.Y) { Offset = offset }, reduction, team);
                    Check<StepPass<Identity>>(p, plain, reduction, team);
                    Check<GradientPass<Weighted<Curvature<Logit, AlongDirection>>>>(p, special, reduction, team);
                    Check<GradientPass<Curvature<Logit, OnDiagonal>>>(p, plain, reduction, team);
                }
            }
        }
    }

    // 2⁵⁴, a little, −2⁵⁴, …: a sum in another order is another float, where sums of like numbers are the same after their rounding.
    [Theory]
    [InlineData(3 * 1024)]
    [InlineData((5 * 1024) + 7)]
    [InlineData((65 * 1024) + 1)]
    public void Slices_that_cancel_are_added_in_their_order(int rows)
    {
        var p = new Problem(rows, 3).FillX((i, j) => (i / 1024 % 3) switch { 0 => 1L << 44, 1 => 1.5f / 1024 * (j + 1), _ => -(1L << 44) });
        Array.Fill(p.Y, -1f);
        using var team = new ThreadTeam(3);
        foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
        {
            Check<GradientPass<Identity>>(p, new(p.X, p.Y), reduction, team, Sharing.Chunks);
            Check<GradientPass<Identity>>(p, new(p.X, p.Y), reduction, team, Sharing.Wave);
        }
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(5000, 60)]
    [InlineData(70_000, 20)]
    [InlineData(3, 100_000)]
    public void The_entries_have_the_bits_of_one_thread(int rows, int columns)
    {
        Assert.SkipWhen(Grid.IsThinned, "fused multiply-add in software");
        var p = Problem.Random(3, rows, columns, intercept: true, scale: 0.1f);
        var (expected, actual) = (new float[columns + 1], new float[columns + 1]);
        var (expectedMeans, means) = (new float[rows], new float[rows]);
        var loss = LogisticRegression.Gradient(p.X, p.Y, p.Weights, expected);
        LogisticRegression.Predict(p.X, p.Weights, expectedMeans);
        foreach (var threads in new[] { 1, 2, 5 })
        {
            using var team = new ThreadTeam(threads, TimeSpan.FromMicroseconds(5));
            for (var i = 0; i < 30; i++)
            {
                if (i % 10 == 9)
                    Thread.Sleep(1); // the threads sleep
                Array.Clear(actual);
                Bits.Equal(loss, LogisticRegression.Gradient(p.X, p.Y, p.Weights, actual, team), "loss");
                Bits.Equal(expected, actual, "gradient");
                Bits.Equal(loss, LogisticRegression.Loss(p.X, p.Y, p.Weights, team), "loss alone");
                Array.Clear(means);
                LogisticRegression.Predict(p.X, p.Weights, means, team);
                Bits.Equal(expectedMeans, means, "predictions");
            }
        }
    }

    [Fact]
    public void Hessians_go_by_chunks()
    {
        var p = Problem.Random(8, 5000, 6, intercept: true);
        var w = Array.ConvertAll(p.Weights, static weight => (double)weight);
        var (g, h, g2, h2) = (new double[7], new double[28], new double[7], new double[28]);
        var expected = LogisticRegression.Hessian(new Observations(p.X, p.Y), w, g, h);
        using var team = new ThreadTeam(3);
        Assert.Equal(expected, LogisticRegression.Hessian(new Observations(p.X, p.Y), w, g2, h2, parallel: team));
        Assert.Equal(g, g2);
        Assert.Equal(h, h2);
    }

    [Fact]
    public async Task Callers_that_find_it_taken_are_served_all_the_same()
    {
        var p = Problem.Random(9, 2000, 300);
        var expected = new float[300];
        var loss = LogisticRegression.Gradient(p.X, p.Y, p.Weights, expected);
        using var team = new ThreadTeam(3);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var gradient = new float[300];
            for (var i = 0; i < 50; i++)
            {
                Bits.Equal(loss, LogisticRegression.Gradient(p.X, p.Y, p.Weights, gradient, team), "loss");
                Bits.Equal(expected, gradient, "gradient");
            }
        }, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        var p = Problem.Random(10, 1500, 300, intercept: true);
        var means = new float[1500];
        var narrow = Problem.Random(10, 9000, 30);
        using var team = new ThreadTeam(2);
        Call();
        Call();
        var allocated = new long[4];
        for (var round = 0; round < allocated.Length; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
                Call();
            allocated[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated.Count(bytes => bytes != 0) <= 1, string.Join(", ", allocated));

        void Call()
        {
            LogisticRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient, team);
            LogisticRegression.Loss(p.X, p.Y, p.Weights, team);
            LogisticRegression.Step(p.X, p.Y, p.Weights, 1e-6f, team);
            LogisticRegression.Predict(p.X, p.Weights, means, team);
            LogisticRegression.Gradient(narrow.X, narrow.Y, narrow.Weights, narrow.Gradient, team);
        }
    }

    [Fact]
    public void A_cancelled_call_has_written_nothing_and_leaves_the_team_ready()
    {
        var p = Problem.Random(11, 1500, 300);
        var gradient = new float[300];
        using var source = new CancellationTokenSource();
        using var team = new ThreadTeam(2) { CancellationToken = source.Token };
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Gradient(p.X, p.Y, p.Weights, gradient, team));
        Assert.All(gradient, g => Assert.Equal(0, g));
        team.CancellationToken = default;
        LogisticRegression.Gradient(p.X, p.Y, p.Weights, gradient, team);
        Assert.Contains(gradient, g => g != 0);
    }

    [Fact]
    public void What_a_thread_throws_the_caller_throws_and_the_crew_goes_on()
    {
        using var crew = new Crew(3, TimeSpan.FromMilliseconds(1));
        var job = new ThrowsOnce();
        for (var i = 0; i < 20; i++)
        {
            job.Throws = i % 2 == 0;
            Assert.True(crew.TryEnter());
            if (job.Throws)
                Assert.Throws<InvalidOperationException>(() => crew.Run(job));
            else
                crew.Run(job);
            crew.Exit();
        }
    }

    // Every thread counts; none is inside when Run has returned.
    [Fact]
    public void Nobody_is_inside_a_job_that_has_ended()
    {
        using var crew = new Crew(4, TimeSpan.FromMicroseconds(2));
        var job = new Counts();
        for (var i = 0; i < 5000; i++)
        {
            crew.Run(job);
            Assert.Equal(0, Volatile.Read(ref job.Inside));
            if (i % 100 == 0)
                Thread.Sleep(1);
        }

        Assert.InRange(job.Runs, 5000, 4 * 5000);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_and_a_disposed_team_throws()
    {
        Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(0)).ParamName);
        Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(1025)).ParamName);
        Assert.Equal("spinTime", Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(2, TimeSpan.FromSeconds(2))).ParamName);
        Assert.Equal("spinTime", Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(2, TimeSpan.FromTicks(-1))).ParamName);
        var team = new ThreadTeam();
        Assert.Equal(Environment.ProcessorCount, team.MaxDegreeOfParallelism);
        team.Dispose();
        team.Dispose();
        var p = Problem.Random(12, 2000, 300);
        Assert.Throws<ObjectDisposedException>(() => LogisticRegression.Loss(p.X, p.Y, p.Weights, team));
    }

    // What is chosen: pieces for all threads, and one thread where they cannot pay.
    [Theory]
    [InlineData(1000, 1000, 2, nameof(Sharing.Wave))]
    [InlineData(20_000, 1000, 16, nameof(Sharing.Wave))]
    [InlineData(100_000, 1000, 16, nameof(Sharing.Chunks))]
    [InlineData(256, 256, 2, nameof(Sharing.Alone))]
    [InlineData(2000, 300, 4, nameof(Sharing.Wave))]
    [InlineData(2048, 32, 2, nameof(Sharing.Chunks))]
    [InlineData(1100, 32, 2, nameof(Sharing.Alone))]
    [InlineData(1000, 32, 2, nameof(Sharing.Alone))]
    [InlineData(20_000, 30, 2, nameof(Sharing.Chunks))]
    [InlineData(100, 100, 8, nameof(Sharing.Alone))]
    public void A_shape_has_its_sharing(int rows, int columns, int threads, string expected)
    {
        using var crew = new Crew(threads, TimeSpan.Zero);
        Assert.Equal(expected, Sharings.Of(new Operands { Rows = rows, Columns = columns }, new ParallelOptions(), crew).ToString());
    }

    private static void Check<TPass>(
        Problem p, in Observations data, Reduction reduction, ThreadTeam team, Sharing sharing = Sharing.Wave)
        where TPass : struct, IParallelPass
    {
        var expected = Run<TPass>(p, data, reduction, null, default, out var expectedOutput, out var expectedWeights);
        var actual = Run<TPass>(p, data, reduction, team, sharing, out var output, out var weights);
        var what = $"{typeof(TPass)} {p.Rows} × {p.Columns} {reduction} {team.MaxDegreeOfParallelism} threads";
        Bits.Equal(expected.Loss, actual.Loss, what);
        Bits.Equal(expected.Weight, actual.Weight, what); // the rows that are not skipped
        Bits.Equal(expectedOutput, output, what);
        Bits.Equal(expectedWeights, weights, what);
    }

    private static Totals Run<TPass>(
        Problem p, in Observations data, Reduction reduction, ThreadTeam? team, Sharing sharing, out float[] output, out float[] weights)
        where TPass : struct, IParallelPass
    {
        (output, weights) = (new float[p.Weights.Length], (float[])p.Weights.Clone());
        return Simd.Width switch
        {
            SimdWidth.Vector512 => On<TPass, Lanes512>(data, reduction, team, sharing, output, weights),
            SimdWidth.Vector256 => On<TPass, Lanes256>(data, reduction, team, sharing, output, weights),
            SimdWidth.Vector128 => On<TPass, Lanes128>(data, reduction, team, sharing, output, weights),
            _ => On<TPass, ScalarLanes>(data, reduction, team, sharing, output, weights),
        };
    }

    private static Totals On<TPass, TLanes>(
        in Observations data, Reduction reduction, ThreadTeam? team, Sharing sharing, float[] output, float[] weights)
        where TPass : struct, IParallelPass
        where TLanes : struct, ILanes<TLanes>
    {
        var counts = default(RowCounts);
        var direction = Array.ConvertAll(weights, static w => 0.5f - w);
        return Call.Run<TPass, TLanes>(
            data, weights, direction, output, reduction, 1e-3f, 0f, team, ref counts, sharing);
    }

    private sealed class ThrowsOnce : Job
    {
        internal bool Throws { get; set; }

        internal override void Run(int member)
        {
            if (Throws && member == 0)
                throw new InvalidOperationException();
        }
    }

    private sealed class Counts : Job
    {
        internal int Inside;
        internal int Runs;

        internal override void Run(int member)
        {
            Interlocked.Increment(ref Inside);
            Interlocked.Increment(ref Runs);
            Thread.SpinWait(20);
            Interlocked.Decrement(ref Inside);
        }
    }
}
