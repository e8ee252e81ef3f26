using Kernels.Links;
using Kernels.Orleans;
using Kernels.Tests.Support;
using Kernels.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Kernels.Tests;

/// <summary>Fits over Orleans: the bits of one process.</summary>
public sealed class ClusterTests : IDisposable
{
    private const int Rows = 20_000;
    private const int Columns = 7;
    private readonly string _folder = Directory.CreateTempSubdirectory("kernels-cluster").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Fits_have_the_bits_of_one_process(int holders)
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 2048);
        await using var silos = await TestSilos.StartAsync(holders);
        var cluster = new ShardCluster(manifest, silos.Driver);
        Assert.Equal((Rows, Columns, holders), (cluster.Rows, cluster.Columns, cluster.Silos));
        Check(p, cluster);
        Assert.Equal(0, cluster.Moves);
        Assert.Equal((Rows, 10), silos.Held());
        await cluster.ReleaseAsync();
        for (var i = 0; i < 500 && silos.Held() != (0, 0); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), silos.Held());
        Check(p, cluster);
    }

    [Fact]
    public async Task A_silo_says_how_it_is()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        await using var silos = await TestSilos.StartAsync(1);
        Fitter.FitShards<Logit>(new ShardCluster(Write(p, rowsOfAPart: 2048), silos.Driver));
        var (driver, holder) = (await Of(silos.Driver), await Of(silos.Last));
        Assert.Equal((HealthStatus.Healthy, 2, 0, 0L), (driver.Status, driver.Data["silos"], driver.Data["shards"], driver.Data["rows"]));
        Assert.Equal((HealthStatus.Healthy, 2, 10, (long)Rows), (holder.Status, holder.Data["silos"], holder.Data["shards"], holder.Data["rows"]));
        await silos.StopLastAsync(TestContext.Current.CancellationToken);
        Assert.Throws<InvalidOperationException>(() => new ShardHealthCheck(new ServiceCollection().BuildServiceProvider()));

        static Task<HealthCheckResult> Of(IServiceProvider services) =>
            new ShardHealthCheck(services).CheckHealthAsync(new(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Silos_that_come_get_their_shards_and_those_that_go_lose_none()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 1024);
        await using var silos = await TestSilos.StartAsync(2);
        var notices = new List<string>();
        var cluster = new ShardCluster(manifest, silos.Driver, new()
        {
            Notice = notice =>
            {
                lock (notices)
                    notices.Add(notice);
            },
        });
        Check(p, cluster);
        await silos.AddAsync(new() { Threads = 1 });
        Check(p, cluster);
        Assert.Equal((3, 6), (cluster.Silos, cluster.Moves));
        Assert.Contains(notices, notice => notice.EndsWith(" came", StringComparison.Ordinal));
        await silos.StopLastAsync(TestContext.Current.CancellationToken);
        Check(p, cluster);
        Assert.Equal((2, 12), (cluster.Silos, cluster.Moves));
        Assert.Contains(notices, notice => notice.EndsWith(" is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_that_are_lost_delayed_or_doubled_count_no_row_twice()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 2048);
        var filter = new Unreliable();
        await using var silos = await TestSilos.StartAsync(2, silo => silo.AddIncomingGrainCallFilter(filter));
        var cluster = new ShardCluster(manifest, silos.Driver);
        Check(p, cluster);
        Assert.True(filter.Lost > 5 && filter.Doubled > 5 && filter.Delayed > 5, $"{filter.Lost} lost, {filter.Doubled} doubled, {filter.Delayed} delayed");
    }

    [Fact]
    public async Task A_slow_silo_is_named_and_waited_for()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 2048);
        await using var silos = await TestSilos.StartAsync(1);
        await silos.AddAsync(new() { Threads = 1 }, silo => silo.AddIncomingGrainCallFilter(new Slow()));
        var notices = new System.Collections.Concurrent.ConcurrentBag<string>();
        var cluster = new ShardCluster(manifest, silos.Driver, new() { SlowAfter = TimeSpan.FromMilliseconds(200), Notice = notices.Add });
        var (expected, actual) = (Fitter.Fit<Logit>(p.Data), Fitter.FitShards<Logit>(cluster));
        Assert.Equal(expected.Coefficients.Select(BitConverter.DoubleToInt64Bits), actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal((2, 0), (cluster.Silos, cluster.Moves));
        var slow = silos.Last.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString();
        Assert.NotEmpty(notices);
        Assert.All(notices, notice => Assert.StartsWith($"{slow} sums its rows for ", notice, StringComparison.Ordinal));
    }

    /// <summary>At its first question, at one in the middle, and at the one after the optimum.</summary>
    [Theory]
    [InlineData(1, "newton")]
    [InlineData(4, "newton")]
    [InlineData(3, "l1")]
    [InlineData(6, "lbfgs")]
    [InlineData(9, "gd")]
    public async Task A_silo_that_dies_while_it_sums_costs_a_fit_no_bit(int call, string how)
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 2048);
        await using var silos = await TestSilos.StartAsync(1);
        var victim = new Dying(call, () => silos.StopLastAsync(new CancellationToken(canceled: true)));
        await silos.AddAsync(new() { Threads = 1 }, silo => silo.AddIncomingGrainCallFilter(victim));
        var cluster = new ShardCluster(manifest, silos.Driver);
        var (one, many) = (new float[Columns + 1], new float[Columns + 1]);
        switch (how)
        {
            case "lbfgs":
                Lbfgs.Minimize<Logit>(p.Data, one, new() { MaxIterations = 20 });
                Lbfgs.MinimizeShards<Logit>(cluster, many, new() { MaxIterations = 20 });
                break;
            case "gd":
                GradientDescent.Minimize<Logit>(p.Data, one, new() { MaxIterations = 20 });
                GradientDescent.MinimizeShards<Logit>(cluster, many, new() { MaxIterations = 20 });
                break;
            default:
                var options = new FitOptions { L1 = how == "l1" ? 3 : 0 };
                var (expected, actual) = (Fitter.Fit<Logit>(p.Data, options), Fitter.FitShards<Logit>(cluster, options));
                Assert.Equal(
                    expected.Coefficients.Select(BitConverter.DoubleToInt64Bits), actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
                break;
        }

        Bits.Equal(one, many, how);
        Assert.Equal((call, 1), (victim.Calls, cluster.Silos));
        Assert.True(cluster.Moves > 0);
    }

    [Fact]
    public async Task A_damaged_part_is_refused_by_name()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 4096);
        var part = ShardManifest.Read(manifest).Parts[2].File;
        var bytes = File.ReadAllBytes(Path.Combine(_folder, part));
        bytes[1000] ^= 1;
        File.WriteAllBytes(Path.Combine(_folder, part), bytes);
        await using var silos = await TestSilos.StartAsync(1);
        Refused("is damaged");
        File.WriteAllBytes(Path.Combine(_folder, part), bytes[..^4]);
        Refused("bytes; 4096 rows of its manifest take");
        File.Delete(Path.Combine(_folder, part));
        Assert.Contains(part, Assert.ThrowsAny<IOException>(() => Fitter.FitShards<Logit>(new ShardCluster(manifest, silos.Driver))).Message, StringComparison.Ordinal);

        void Refused(string why)
        {
            var message = Assert.Throws<InvalidDataException>(() => Fitter.FitShards<Logit>(new ShardCluster(manifest, silos.Driver))).Message;
            Assert.Contains(why, message, StringComparison.Ordinal);
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(66_000)] // an answer with XᵀDX
    [InlineData(65_550)] // a question
    public async Task What_no_message_may_carry_is_refused_at_once(int limit)
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var manifest = Write(Problem(), rowsOfAPart: 1024);
        await using var silos = await TestSilos.StartAsync(2, silo => silo.Configure<SiloMessagingOptions>(o => o.MaxMessageBodySize = limit));
        var message = Assert.Throws<InvalidDataException>(() => Fitter.FitShards<Logit>(new ShardCluster(manifest, silos.Driver))).Message;
        Assert.Contains("MaxMessageBodySize is " + limit, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_silo_that_holds_shards_a_fit_ends()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var manifest = Write(Problem(), rowsOfAPart: 0);
        await using var silos = await TestSilos.StartAsync(0);
        var cluster = new ShardCluster(manifest, silos.Driver, new() { Patience = TimeSpan.FromMilliseconds(300) });
        Assert.Contains("0 silos are there", Assert.Throws<TimeoutException>(() => Fitter.FitShards<Logit>(cluster)).Message, StringComparison.Ordinal);
        using var source = new CancellationTokenSource(100);
        var patient = new ShardCluster(manifest, silos.Driver);
        Assert.Equal(FitStatus.Cancelled, Fitter.FitShards<Logit>(patient, cancellationToken: source.Token).Status);
    }

    [Theory]
    [InlineData("""{ "features": [], "parts": [] }""", null)]
    [InlineData("nothing", "is no manifest")]
    [InlineData("""{ "parts": [] }""", "is no manifest")]
    [InlineData("""{ "format": 2, "features": [], "parts": [] }""", "has format 2")]
    [InlineData("""{ "features": ["a"], "parts": [{ "file": "p", "firstRow": 1, "rows": 3, "sha256": "" }] }""", "from row 1 on")]
    [InlineData("""{ "features": ["a"], "parts": [{ "file": "p", "firstRow": 0, "rows": 0, "sha256": "" }] }""", "has 0 rows")]
    [InlineData("""{ "features": ["a"], "parts": [{ "file": "p", "firstRow": 0, "rows": 9, "sha256": "" }, { "file": "q", "firstRow": 9, "rows": 9, "sha256": "" }] }""", "multiples of 1024")]
    public void A_manifest_is_checked(string text, string? refused)
    {
        var path = Path.Combine(_folder, "m.json");
        File.WriteAllText(path, text);
        if (refused is null)
            Assert.Equal(0, ShardManifest.Read(path).Rows());
        else
            Assert.Contains(refused, Assert.Throws<InvalidDataException>(() => ShardManifest.Read(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>In pieces of any size and on several days, the parts are those of one call.</summary>
    [Theory]
    [InlineData(1_024, new int[0])]
    [InlineData(7_000, new int[0])]
    [InlineData(333, new[] { 3_000 })]
    [InlineData(5_000, new[] { 2_048, 2_049, 12_345, 19_999 })]
    public void Rows_may_come_in_pieces(int piece, int[] days)
    {
        var p = Problem();
        var whole = Write(p, rowsOfAPart: 2048);
        var expected = ShardManifest.Read(whole).Parts.Select(part => (part.FirstRow, part.Rows, part.Sha256)).ToArray();
        File.Delete(whole);
        var writer = ShardWriter.Create(whole, new() { Features = [.. Enumerable.Range(0, Columns).Select(j => $"x{j}")], Parts = [] }, 2048);
        for (var row = 0; row < Rows;)
        {
            var end = days.Where(day => day > row).DefaultIfEmpty(Rows).First();
            var count = Math.Min(piece, end - row);
            writer.Add(p.Data.Slice(row, count));
            row += count;
            Assert.Equal(row, writer.Rows);
            if (row == end && row < Rows)
            {
                Assert.Equal(row, writer.Complete().Rows());
                writer = ShardWriter.Append(whole, 2048);
            }
        }

        var last = writer.Complete();
        Assert.Throws<InvalidOperationException>(() => writer.Add(p.Data));
        Assert.Throws<InvalidOperationException>(() => writer.Complete());
        Assert.Equal(expected.Length, last.Parts.Count);
        Assert.Equal(expected, ShardManifest.Read(whole).Parts.Select(part => (part.FirstRow, part.Rows, part.Sha256)));
        Assert.Throws<ArgumentException>(() => ShardWriter.Append(whole).Add(new(p.P.X, p.P.Y)));
        Assert.Throws<ArgumentException>(() => ShardWriter.Append(whole).Add(Problem(columns: 3).Data));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShardWriter.Append(whole, 1000));
    }

    [Theory]
    [InlineData(1, new[] { 10 })]
    [InlineData(3, new[] { 4, 4, 2 })]
    [InlineData(12, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void Shards_are_shared_out_evenly_and_in_runs(int silos, int[] expected)
    {
        var assignment = new ShardAssignment<string>(10);
        assignment.Update([.. Enumerable.Range(0, silos).Select(i => $"{i:00}")]);
        var runs = assignment.Runs(Enumerable.Range(0, 10).ToHashSet());
        Assert.All(runs.Values, run => Assert.Equal(2, run.Length));
        Assert.Equal(expected, runs.OrderBy(run => run.Key).Select(run => run.Value[1] - run.Value[0]));
        Assert.Equal(0, assignment.Moves);
    }

    private static void Check(WeightedProblem p, ShardCluster cluster)
    {
        foreach (var options in new FitOptions[] { new() { RobustErrors = true }, new() { L1 = 3 } })
        {
            var (expected, actual) = (Fitter.Fit<Logit>(p.Data, options), Fitter.FitShards<Logit>(cluster, options));
            Assert.Equal(expected.Coefficients.Select(BitConverter.DoubleToInt64Bits), actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
            Assert.Equal(expected.Covariance.Select(BitConverter.DoubleToInt64Bits), actual.Covariance.Select(BitConverter.DoubleToInt64Bits));
        }

        var (one, many) = (new float[Columns + 1], new float[Columns + 1]);
        Lbfgs.Minimize<Logit>(p.Data, one, new() { MaxIterations = 30 });
        Lbfgs.MinimizeShards<Logit>(cluster, many, new() { MaxIterations = 30 });
        Bits.Equal(one, many, "L-BFGS");
        GradientDescent.Minimize<Logit>(p.Data, one, new() { MaxIterations = 30 });
        GradientDescent.MinimizeShards<Logit>(cluster, many, new() { MaxIterations = 30 });
        Bits.Equal(one, many, "gradient descent");
    }

    private static WeightedProblem Problem(int columns = Columns) => new(5, DoubleOracle.Model.Logistic, Rows, columns, scale: 1f);

    private string Write(WeightedProblem p, int rowsOfAPart)
    {
        var path = Path.Combine(_folder, "manifest.json");
        var features = Enumerable.Range(0, Columns).Select(j => $"x{j}").ToArray();
        ShardWriter.Write(new Blocks(p), path, new() { Features = features, Parts = [] }, rowsOfAPart);
        return path;
    }

    private sealed class Blocks(WeightedProblem p) : ObservationBlocks
    {
        public override long Rows => p.P.Rows;

        public override int Columns => p.P.Columns;

        public override bool HasIntercept => p.P.HasIntercept;

        public override Observations Read(long start, int most) => p.Data.Slice((int)start, Math.Min(most, p.P.Rows - (int)start));
    }

    /// <summary>Takes its time for the third question.</summary>
    private sealed class Slow : IIncomingGrainCallFilter
    {
        private int _questions;

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod?.Name == nameof(IShardGrain.Ask) && Interlocked.Increment(ref _questions) == 3)
                await Task.Delay(1_000);
            await context.Invoke();
        }
    }

    /// <summary>The last silo goes at a question, without a goodbye and without an answer.</summary>
    private sealed class Dying(int call, Func<Task> die) : IIncomingGrainCallFilter
    {
        public int Calls { get; private set; }

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod?.Name == nameof(IShardGrain.Ask) && ++Calls >= call)
            {
                _ = Task.Run(die);
                await Task.Delay(Timeout.Infinite);
            }

            await context.Invoke();
        }
    }

    /// <summary>Loses one call in seven before it is made, and one in seven after; makes one in seven twice, and one late.</summary>
    private sealed class Unreliable : IIncomingGrainCallFilter
    {
        private int _calls;

        public int Lost { get; private set; }

        public int Doubled { get; private set; }

        public int Delayed { get; private set; }

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod?.DeclaringType != typeof(IShardGrain))
            {
                await context.Invoke();
                return;
            }

            switch (Interlocked.Increment(ref _calls) % 7)
            {
                case 1:
                    Lost++;
                    throw new TimeoutException("lost on the way");
                case 3:
                    Lost++;
                    await context.Invoke();
                    throw new TimeoutException("the answer was lost on the way");
                case 4:
                    Doubled++;
                    await context.Invoke();
                    await context.Invoke();
                    break;
                case 6:
                    Delayed++;
                    await Task.Delay(20);
                    await context.Invoke();
                    break;
                default:
                    await context.Invoke();
                    break;
            }
        }
    }
}
