using Kernels.Links;
using Kernels.Orleans;
using Kernels.Tests.Support;
using Kernels.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kernels.Tests;

/// <summary>Fits over Orleans: the bits of one process.</summary>
public sealed class ClusterTests : ShardedProblem
{
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
        Assert.Equal((HealthStatus.Healthy, 2, 10, (long)Rows),
            (holder.Status, holder.Data["silos"], holder.Data["shards"], holder.Data["rows"]));
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
    public async Task Without_a_silo_that_holds_shards_a_fit_ends()
    {
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts silos");
        var manifest = Write(Problem(), rowsOfAPart: 0);
        await using var silos = await TestSilos.StartAsync(0);
        var cluster = new ShardCluster(manifest, silos.Driver, new() { Patience = TimeSpan.FromMilliseconds(300) });
        Assert.Contains("0 silos are there", Assert.Throws<TimeoutException>(() => Fitter.FitShards<Logit>(cluster)).Message,
            StringComparison.Ordinal);
        using var source = new CancellationTokenSource(100);
        var patient = new ShardCluster(manifest, silos.Driver);
        Assert.Equal(FitStatus.Cancelled, Fitter.FitShards<Logit>(patient, cancellationToken: source.Token).Status);
    }
}
