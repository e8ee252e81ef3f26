using System.Diagnostics;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>The tool over several silos, each a process that may be killed: the model file is the one of one process, byte for
/// byte.</summary>
public sealed class ClusterToolTests : ClusterFolder
{
    [Fact]
    public async Task The_two_commands_of_the_README_start_two_silos_and_fit_the_sample()
    {
        const string Run = "dotnet run -c Release --project src/Kernels.Cli -- ";
        var commands = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"))
            .Where(line => line.StartsWith(Run, StringComparison.Ordinal)
                && (line.Contains(" silo", StringComparison.Ordinal) || line.Contains("--cluster", StringComparison.Ordinal)))
            .Select(line => "\"$K\" " + line[Run.Length..]).ToArray();
        Assert.Equal(2, commands.Length);
        await Ready(Begin("exec " + commands[0]));
        var here = await this.Run("\"$K\" train");
        var there = await this.Run(commands[1]);
        Assert.Contains("1 shard on 2 silos", there, StringComparison.Ordinal);
        Assert.Equal(Table(here), Table(there));
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "kernels-sample-*"));

        static string Table(string report) => report[report.IndexOf("feature ", StringComparison.Ordinal)..];
    }

    [Fact]
    public async Task A_silo_that_is_killed_and_started_again_and_a_driver_that_is_killed_change_no_bit()
    {
        const string Fit = "--optimizer gd --plain --max-iterations 12000 --learning-rate 0.000001";
        const string Reading = "--target label --drop place,weight,years --skip-nan";
        await Run($"\"$K\" train d.csv {Fit} {Reading} --out here.json", code: 3);
        await Run($"\"$K\" shard d.csv --out m.json --rows 1024 {Reading}");
        var (first, second) = (FreePort(), FreePort());
        await Silo(first);
        var victim = await Silo(second, $"--join 127.0.0.1:{first}");
        var train = $"\"$K\" train m.json {Fit} --cluster 127.0.0.1:{first} --cluster-name {Name} --journal j --out there.json";

        var driver = Begin("exec " + train);
        var lines = driver.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Grown(400);
        await End(victim);
        await Grown(800);
        await Silo(second, $"--join 127.0.0.1:{first}");
        await Grown(1_200);
        Assert.False(driver.HasExited);
        await End(driver);
        var told = await lines;
        Assert.Contains("is gone", told, StringComparison.Ordinal);
        Assert.Contains(" came", told, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("there.json")));

        Assert.Matches("[1-9][0-9]{2,4} answers came from the journal", await Run(train, code: 3));
        Assert.Equal(TextOf("here.json"), TextOf("there.json"));

        // Of a journal that is whole, all of it; of one for other rows, nothing.
        Assert.Contains("answers came from the journal", await Run(train, code: 3), StringComparison.Ordinal);
        await Run($"\"$K\" shard d.csv --out m.json --rows 2048 {Reading}");
        AssertOneLine(await ToolProcess.Shell(Folder.FullName, train), "another manifest's journal");

        // An answer takes some 300 bytes.
        async Task Grown(int answers)
        {
            var (file, watch) = (new FileInfo(PathOf("j")), Stopwatch.StartNew());
            do
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                file.Refresh();
                Assert.False(driver.HasExited || watch.Elapsed > TimeSpan.FromSeconds(50), "the driver got no further");
            }
            while (!file.Exists || file.Length < answers * 200L);
        }
    }

    [Fact]
    public async Task With_TLS_a_stranger_is_refused()
    {
        Certificate("ours.pem");
        Certificate("other.pem");
        const string Reading = "--target label --drop place,weight,years --skip-nan";
        await Run($"\"$K\" train d.csv {Reading} --out here.json");
        await Run($"\"$K\" shard d.csv --out m.json --rows 1024 {Reading}");
        var port = FreePort();
        await Silo(port, "--tls ours.pem");
        await Silo(FreePort(), $"--join 127.0.0.1:{port} --tls ours.pem");
        var train = $"\"$K\" train m.json --cluster 127.0.0.1:{port} --cluster-name {Name} --out there.json";
        foreach (var stranger in new[]
        {
            train, train + " --tls other.pem", $"\"$K\" silo --port {FreePort()} --join 127.0.0.1:{port} --cluster-name {Name}",
        })
        {
            var run = await ToolProcess.Shell(Folder.FullName, stranger + " --wait 2");
            AssertOneLine(run, stranger);
            Assert.Contains("that silos with", run.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(PathOf("there.json")));
        await Run(train + " --tls ours.pem");
        Assert.Equal(TextOf("here.json"), TextOf("there.json"));
    }

    [Fact]
    public async Task With_Redis_any_silo_may_be_killed()
    {
        Assert.SkipUnless(Array.Exists(Environment.GetEnvironmentVariable("PATH")!.Split(':'), folder =>
            File.Exists(Path.Combine(folder, "redis-server"))), "there is no redis-server");
        const string Reading = "--target label --drop place,weight,years --skip-nan";
        await Run($"\"$K\" train d.csv {Reading} --out here.json");
        await Run($"\"$K\" shard d.csv --out m.json --rows 1024 {Reading}");
        var redis = FreePort();
        Begin($"exec redis-server --bind 127.0.0.1 --port {redis} --save ''");
        var first = await Silo(FreePort(), $"--join redis:127.0.0.1:{redis}");
        await Silo(FreePort(), $"--join redis:127.0.0.1:{redis}");
        var train = $"\"$K\" train m.json --cluster redis:127.0.0.1:{redis} --cluster-name {Name} --out there.json";
        await Run(train);
        Assert.Equal(TextOf("here.json"), TextOf("there.json"));
        await End(first);
        await Run(train);
        Assert.Equal(TextOf("here.json"), TextOf("there.json"));
    }

    [Fact]
    public async Task What_cannot_be_is_one_line()
    {
        var reading = "--target label --drop place,weight,years --skip-nan";
        await Run($"\"$K\" shard d.csv --out m.json --rows 1024 {reading}");
        var port = FreePort();
        await Silo(port);
        var cluster = $"--cluster 127.0.0.1:{port} --cluster-name {Name}";
        var part = Folder.GetFiles("m-00003-*").Single();
        var bytes = await File.ReadAllBytesAsync(part.FullName, TestContext.Current.CancellationToken);
        bytes[77] ^= 4;
        await File.WriteAllBytesAsync(part.FullName, bytes, TestContext.Current.CancellationToken);
        await Refused($"train m.json {cluster}", part.Name);
        await Refused($"train m.json --cluster 127.0.0.1:{FreePort()} --wait 1", "no cluster 'kernels' there in 1 s");
        await Refused($"train m.json --cluster 127.0.0.1:{port} --cluster-name another --wait 2", "no cluster 'another' there");
        await Refused("train m.json --cluster nowhere.invalid:1", "no host 'nowhere.invalid'");
        await Refused("train m.json --cluster 127.0.0.1:99999", "HOST:PORT");
        await Refused($"train d.csv {cluster}", "no manifest");
        await Refused($"train nothing.json {cluster}", "nothing.json");
        await Refused($"train m.json --link log {cluster}", "the logit link");
        await Refused($"train m.json --no-intercept --positive 1 {cluster}", "kernels shard");
        await Refused($"train m.json --test d.csv {cluster}", "--test");
        await Refused($"train m.json --optimizer sgd {cluster}", "--optimizer");
        await Refused($"train m.json --tls d.csv {cluster}", "PEM");
        await Refused($"train d.csv {reading} --journal j", "--cluster");
        await Refused($"train m.json --journal d.csv {cluster}", "no journal");
        await Refused($"train m.json --journal j --out j {cluster}", "another file than the outputs");
        await Refused($"train m.json --journal j --svg j {cluster}", "another file than the outputs");
        foreach (var file in new[] { "m.json", part.Name, "d.csv" })
        {
            var there = await File.ReadAllBytesAsync(PathOf(file), TestContext.Current.CancellationToken);
            await Refused($"train m.json --tls d.csv --out {file} {cluster}", "is read, too");
            Assert.Equal(there, await File.ReadAllBytesAsync(PathOf(file), TestContext.Current.CancellationToken));
        }

        await Refused($"silo --port {port}", "Address already in use");
        await Refused($"silo --port {FreePort()} --http {port}", "Address already in use");
        await Refused("silo --port 0", "--port");
        await Refused("silo --http 0", "--http");
        await Refused("silo --count 0", "--count");
        await Refused($"shard d.csv --out d.csv {reading}", "d.csv");
        await Refused($"shard d.csv --out m.json --rows 1000 {reading}", "multiple of 1024");
        await Refused($"shard d.csv --out no/m.json {reading}", "no/m.json");

        async Task Refused(string line, string why)
        {
            var run = await ToolProcess.Shell(Folder.FullName, "\"$K\" " + line);
            AssertOneLine(run, line);
            Assert.Contains(why, run.Error, StringComparison.Ordinal);
        }
    }
}
