using Kernels.Links;
using Kernels.Orleans;
using Kernels.Tests.Support;
using Kernels.Training;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Kernels.Tests;

/// <summary>What goes wrong in a cluster costs a fit no bit, or is refused by name.</summary>
public sealed class ClusterFaultTests : ShardedProblem
{
    [Fact]
    public async Task Calls_that_are_lost_delayed_or_doubled_count_no_row_twice()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 2048);
        var filter = new UnreliableCalls();
        await using var silos = await TestSilos.StartAsync(2, silo => silo.AddIncomingGrainCallFilter(filter));
        var cluster = new ShardCluster(manifest, silos.Driver);
        Check(p, cluster);
        Assert.True(filter.Lost > 5 && filter.Doubled > 5
            && filter.Delayed > 5, $"{filter.Lost} lost, {filter.Doubled} doubled, {filter.Delayed} delayed");
    }

    [Fact]
    public async Task A_slow_silo_is_named_and_waited_for()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var p = Problem();
        var manifest = Write(p, rowsOfAPart: 2048);
        await using var silos = await TestSilos.StartAsync(1);
        await silos.AddAsync(new() { Threads = 1 }, silo => silo.AddIncomingGrainCallFilter(new SlowCalls()));
        var notices = new System.Collections.Concurrent.ConcurrentBag<string>();
        var cluster = new ShardCluster(manifest, silos.Driver, new() { SlowAfter = TimeSpan.FromMilliseconds(200), Notice = notices.Add });
        var (expected, actual) = (Fitter.Fit<Logit>(p.Data), Fitter.FitShards<Logit>(cluster));
        Assert.Equal(expected.Coefficients.Select(BitConverter.DoubleToInt64Bits),
            actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal((2, 0), (cluster.Silos, cluster.Moves));
        var slow = silos.Last.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString();

        // On a machine that does much else the other silo may be slow, too.
        Assert.Contains(notices, notice => notice.StartsWith($"{slow} sums its rows for ", StringComparison.Ordinal));
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
        var victim = new DyingCalls(call, () => silos.StopLastAsync(new CancellationToken(canceled: true)));
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
                    expected.Coefficients.Select(BitConverter.DoubleToInt64Bits),
                    actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
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
        var bytes = File.ReadAllBytes(Path.Combine(Folder, part));
        bytes[1000] ^= 1;
        File.WriteAllBytes(Path.Combine(Folder, part), bytes);
        await using var silos = await TestSilos.StartAsync(1);
        Refused("is damaged");
        File.WriteAllBytes(Path.Combine(Folder, part), bytes[..^4]);
        Refused("bytes; 4096 rows of its manifest take");
        File.Delete(Path.Combine(Folder, part));
        Assert.Contains(part, Assert.ThrowsAny<IOException>(() =>
            Fitter.FitShards<Logit>(new ShardCluster(manifest, silos.Driver))).Message, StringComparison.Ordinal);

        void Refused(string why)
        {
            var message =
                Assert.Throws<InvalidDataException>(() => Fitter.FitShards<Logit>(new ShardCluster(manifest, silos.Driver))).Message;
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
        await using var silos =
            await TestSilos.StartAsync(2, silo => silo.Configure<SiloMessagingOptions>(o => o.MaxMessageBodySize = limit));
        var message = Assert.Throws<InvalidDataException>(() => Fitter.FitShards<Logit>(new ShardCluster(manifest, silos.Driver))).Message;
        Assert.Contains("MaxMessageBodySize is " + limit, message, StringComparison.Ordinal);
    }
}
