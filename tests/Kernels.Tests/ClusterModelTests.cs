using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>Models from several silos are those of the file, byte for byte, however it was cut.</summary>
public sealed class ClusterModelTests : ClusterFolder
{
    /// <summary>What is fitted, what shard is told of that, and how the file is read.</summary>
    private static readonly (string Fit, string Cut, string Reading)[] Fits =
    [
        ("", "", "--drop place,weight,years"),
        ("--l1 2 --l2 0.1 --standardize", "", "--drop place,weight,years"),
        ("--optimizer lbfgs --max-iterations 20 --l2 1", "", "--drop years --weight-column weight --categorical place"),
        ("--optimizer gd --max-iterations 15 --plain", "--positive down", "--drop place,weight --offset-column years"),
        ("--link log --robust", "--link log", "--target weight --drop label --exposure-column years --categorical place"),
        ("--link identity --no-intercept", "--link identity --no-intercept", "--target years --drop label,place"),
    ];

    [Fact]
    public async Task A_model_is_the_one_of_the_file()
    {
        var port = FreePort();
        var http = FreePort();
        await Silo(port, $"--http {http}");
        using (var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{http}/") })
        {
            var health = await client.GetStringAsync("health", TestContext.Current.CancellationToken);
            Assert.Contains("\"status\":\"Healthy\"", health, StringComparison.Ordinal);
            Assert.Contains("\"silos\":1", health, StringComparison.Ordinal);
            Assert.Contains("Orleans Dashboard", await client.GetStringAsync(string.Empty, TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }

        var silos = 1;
        foreach (var (fit, cut, columns) in Fits)
        {
            var reading = (columns.Contains("--target", StringComparison.Ordinal) ? columns : "--target label " + columns) + " --skip-nan";
            var here = fit.Contains("--link", StringComparison.Ordinal) ? fit : fit + " " + cut;
            await Run($"\"$K\" train d.csv {here} {reading} --out here.json || [ $? = 3 ]");
            Assert.Contains("6000 rows in 6 parts", await Run($"\"$K\" shard d.csv --out m.json --rows 1024 {cut} {reading}"),
                StringComparison.Ordinal);
            var report =
                await Run($"\"$K\" train m.json {fit} --cluster 127.0.0.1:{port} --cluster-name {Name} --out there.json || [ $? = 3 ]");
            Assert.Contains($"6 shards on {silos} silo", report, StringComparison.Ordinal);
            Assert.True(TextOf("here.json") == TextOf("there.json"), $"{fit}\n{TextOf("here.json")}\n{TextOf("there.json")}");
            File.Delete(PathOf("there.json"));
            if (silos++ < 4)
                await Silo(FreePort(), $"--join 127.0.0.1:{port}");
            else
                silos = 4;
        }
    }

    /// <summary>Pieces of 1,500, 2,500 and 2,000 rows: parts end where slices do, wherever files end.</summary>
    [Fact]
    public async Task Files_that_are_appended_are_one_file()
    {
        await Run("""
            head -n 1501 d.csv > a.csv; (head -n 1 d.csv; sed -n 1502,4001p d.csv) > b.csv; (head -n 1 d.csv; tail -n +4002 d.csv) > c.csv
            """);
        var port = FreePort();
        await Silo(port);
        foreach (var (fit, cut, columns) in Fits[2..5])
        {
            var reading = (columns.Contains("--target", StringComparison.Ordinal) ? columns : "--target label " + columns) + " --skip-nan";
            var here = fit.Contains("--link", StringComparison.Ordinal) ? fit : fit + " " + cut;
            await Run($"\"$K\" train d.csv {here} {reading} --out here.json || [ $? = 3 ]");
            Assert.Contains("1500 rows in 2 parts", await Run($"\"$K\" shard a.csv --out m.json --rows 1024 {cut} {reading}"),
                StringComparison.Ordinal);
            Assert.Contains("4000 rows in 3 parts", await Run("\"$K\" shard b.csv --out m.json --append --rows 2048"),
                StringComparison.Ordinal);
            Assert.Contains("6000 rows in 5 parts", await Run("\"$K\" shard c.csv --out m.json --append --rows 1024"),
                StringComparison.Ordinal);
            await Run($"\"$K\" train m.json {fit} --cluster 127.0.0.1:{port} --cluster-name {Name} --out there.json || [ $? = 3 ]");
            Assert.True(TextOf("here.json") == TextOf("there.json"), $"{fit}\n{TextOf("here.json")}\n{TextOf("there.json")}");
        }

        // Columns without names: the target is where it was.
        await Run("""
            tail -n +2 a.csv | cut -d, -f 2-5,7 | grep -v ',,' > n.csv; cat n.csv n.csv > nn.csv
            "$K" shard n.csv --no-header --target 3 --link identity --skip-nan --out n.json
            "$K" shard n.csv --no-header --out n.json --append
            "$K" shard nn.csv --no-header --target 3 --link identity --skip-nan --out nn.json
            """);
        Assert.Equal(SumOf("nn.json"), SumOf("n.json"));
        AssertOneLine(await ToolProcess.Shell(Folder.FullName, "\"$K\" shard n.csv --no-header --out n.json --append --target 2"),
            "another target");

        // What is not like the first file is refused, and leaves the manifest as it was.
        await Run("\"$K\" shard a.csv --out m.json --target label --drop place,weight,years --skip-nan");
        var before = TextOf("m.json");
        Write("fewer.csv", "a,b,c,d,label\n1,2,3,4,up\n");
        Write("third.csv", "a,b,c,d,e,label\n1,2,3,4,5,sideways\n");
        Write("numbers.csv", "a,b,c,d,e,label\n1,2,3,4,5,1\n");
        foreach (var other in new[] { "fewer.csv", "third.csv", "numbers.csv", "nothing.csv" })
            AssertOneLine(await ToolProcess.Shell(Folder.FullName, $"\"$K\" shard {other} --out m.json --append"), other);
        AssertOneLine(await ToolProcess.Shell(Folder.FullName, "\"$K\" shard a.csv --out none.json --append"), "no manifest");
        foreach (var wrong in new[]
        {
            "--link log", "--positive up", "--no-intercept", "--target a", "--weight-column weight", "--offset-column years",
            "--exposure-column years", "--drop a", "--features a", "--categorical place",
        })
            AssertOneLine(await ToolProcess.Shell(Folder.FullName, "\"$K\" shard a.csv --out m.json --append " + wrong), wrong);
        Assert.Equal(before, TextOf("m.json"));
        Assert.Contains("3000 rows", await Run("\"$K\" shard a.csv --out m.json --append --target label --skip-nan"),
            StringComparison.Ordinal);
        Write("zeros.csv", "a,label\n1,0\n2,1\n3,0\n");
        Write("others.csv", "a,label\n1,1\n2,2\n3,1\n");
        await Run("\"$K\" shard zeros.csv --out z.json --target label");
        AssertOneLine(await ToolProcess.Shell(Folder.FullName, "\"$K\" shard others.csv --out z.json --append"),
            "labels 1 and 2 after 0 and 1");
        Assert.Empty(Folder.GetFiles(".*"));
    }

    private string SumOf(string manifest) =>
        TextOf(manifest).Split('\n').Single(line => line.Contains("targetSum", StringComparison.Ordinal));
}
