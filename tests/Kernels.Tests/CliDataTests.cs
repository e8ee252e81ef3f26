using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Kernels.Tests.Support;
using Kernels.Training;
using Parquet;
using Parquet.Schema;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>The tool on data of every format, with weights, offsets and gaps; models of every link; evaluation; streams.</summary>
public sealed class CliDataTests : ToolFolder
{
    [Theory]
    [InlineData("lbfgs")]
    [InlineData("newton")]
    public async Task Every_optimizer_reaches_the_optimum_of_the_sample(string optimizer)
    {
        var run = await Run("train", "--optimizer", optimizer);
        Assert.Equal(0, run.Code);
        Assert.Equal(179.597762305376, Number(run.Output, "deviance"), 1e-3);
    }

    [Fact]
    public async Task Stochastic_descent_follows_its_seed()
    {
        var (one, two, three) = (PathOf("1.json"), PathOf("2.json"), PathOf("3.json"));
        foreach (var (path, seed) in new[] { (one, "7"), (two, "7"), (three, "8") })
            Assert.Equal(0, (await Run("train", "--optimizer", "sgd", "--block-rows", "30", "--seed", seed, "--out", path)).Code);
        Assert.Equal(await Text(one), await Text(two));
        Assert.NotEqual(await Text(one), await Text(three));
    }

    [Fact]
    public async Task An_L1_penalty_leaves_few_weights_and_a_small_gap()
    {
        var run = await Run("train", "--l1", "10", "--tolerance", "1e-7");
        Assert.Equal(0, run.Code);
        Assert.InRange(Number(run.Output, "duality gap"), 0, 0.01);
        Assert.InRange(Number(run.Output, "weights not 0"), 3, 11);
    }

    [Fact]
    public async Task The_same_rows_in_every_format_give_the_same_weights()
    {
        var (rows, columns) = (300, 4);
        var (values, y, s, o) = Rows(rows, columns);
        var csv = Write("d.csv", "a,b,c,d,s,o,y\n" + string.Join('\n', Enumerable.Range(0, rows).Select(i =>
            string.Join(',', Enumerable.Range(0, columns).Select(j => Digits(values[(i * columns) + j])).Append(Digits(s[i]))
                .Append(Digits(o[i])).Append(Digits(y[i]))))));
        var parquet = PathOf("d.parquet");
        await WriteParquet(parquet, values, y, s, o, columns);
        var raw = PathOf("d.f32");
        await File.WriteAllBytesAsync(raw, Raw(values, y, s, o, columns), TestContext.Current.CancellationToken);
        foreach (var link in new[] { "logit", "identity", "log" })
        {
            var models = new List<string>();
            string[] common = ["--optimizer", "lbfgs", "--link", link];
            foreach (var (path, arguments) in new (string, string[])[]
            {
                (csv, ["--target", "y", "--weight-column", "s", "--offset-column", "o"]),
                (parquet, ["--target", "y", "--weight-column", "s", "--offset-column", "o"]),
                (raw, ["--columns", "7", "--target", "7", "--weight-column", "5", "--offset-column", "6"]),
            })
            {
                var model = PathOf(link + Path.GetExtension(path) + ".json");
                var run = await Run(["train", path, .. arguments, .. common, "--out", model]);
                Assert.True(run.Code == 0, run.Error);
                models.Add(model);
                run = await Run(["predict", model, path, .. arguments]);
                Assert.True(run.Code == 0, run.Error);
                models[^1] = Weights(await Text(model)) + run.Output;
                run = await Run(["evaluate", model, path, .. arguments]);
                Assert.True(run.Code == 0, run.Error);
                Assert.Contains($"rows {rows}", Squeezed(run.Output), StringComparison.Ordinal);
            }

            Assert.Equal(models[0], models[1]);
            Assert.Equal(models[0], models[2]);
        }
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("gd")]
    [InlineData("lbfgs")]
    [InlineData("sgd")]
    public async Task A_raw_file_larger_than_memory_gives_the_weights_of_one_that_is_not(string optimizer)
    {
        var (values, y, s, o) = Rows(5000, 4);
        var raw = PathOf("d.f32");
        await File.WriteAllBytesAsync(raw, Raw(values, y, s, o, 4), TestContext.Current.CancellationToken);
        string[] arguments = ["--columns", "7", "--weight-column", "5", "--offset-column", "6"];
        var models = new List<string>();
        foreach (var most in new[] { "1M", "32K" })
        {
            var model = PathOf(most + ".json");
            var run = await Run(["train", raw, .. arguments, "--max-memory", most, "--optimizer", optimizer, "--out", model]);
            Assert.True(run.Code == 0, run.Error);
            Assert.Contains("5000 rows", run.Output, StringComparison.Ordinal);
            var scores = await Run(["predict", model, raw, .. arguments, "--max-memory", most]);
            var evaluation = await Run(["evaluate", model, raw, .. arguments, "--target", "7", "--max-memory", most]);
            Assert.True(scores.Code == 0 && evaluation.Code == 0, scores.Error + evaluation.Error);
            models.Add(await Text(model) + Number(run.Output, "AUC") + scores.Output + Number(evaluation.Output, "AUC"));
        }

        Assert.Equal(models[0], models[1]);
        var newton = await Run(["train", raw, .. arguments, "--max-memory", "32K", "--optimizer", "newton"]);
        Assert.Equal((2, "--optimizer newton: takes no data larger than --max-memory; auto, gd, lbfgs and sgd do\n"),
            (newton.Code, newton.Error));
    }

    /// <summary>More columns than a matrix of them is worth, so that L-BFGS has the last word: seconds since 1970 must not cost it its
    /// digits, in memory or out of it.</summary>
    [Theory]
    [InlineData("1G")]
    [InlineData("1M")]
    public async Task A_wide_raw_file_with_a_column_far_from_0_gives_what_text_gives(string most)
    {
        const int Count = 600, Columns = 1_002;
        var random = new Random(5);
        var values = new float[Count * Columns];
        var text = new StringBuilder(string.Join(',', Enumerable.Range(1, Columns))).Append('\n');
        for (var i = 0; i < Count; i++)
        {
            var row = values.AsSpan(i * Columns, Columns);
            for (var j = 1; j < Columns - 1; j++)
                row[j] = random.Next(-8, 9) / 8f;
            row[0] = 1.7e9f + (128 * random.Next(-40, 40));
            row[^1] = random.NextDouble() < 1 / (1 + Math.Exp(-((row[0] - 1.7e9f) / 2e3) - row[1])) ? 1 : 0;
            text.AppendJoin(',', row.ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }

        var raw = Write("d.f32", MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        string[] arguments = ["--l2", "2", "--out"];
        var run = await Run(["train", raw, "--columns", $"{Columns}", "--max-memory", most, .. arguments, PathOf("raw.json")]);
        Assert.True(run.Code == 0, run.Error + run.Output);
        Assert.Contains("L-BFGS", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run(["train", Write("d.csv", text.ToString()), .. arguments, PathOf("text.json")])).Code);
        var (left, right) = (Model.Load(PathOf("raw.json")), Model.Load(PathOf("text.json")));

        // Both stop within a thousandth of a standard error, which is as large as the coefficient here.
        Assert.Equal(1, left.Weights[0] / right.Weights[0], 1e-2);
        Assert.Equal(1, left.Weights[^1] / right.Weights[^1], 1e-2);
        var scores = await Run("predict", PathOf("raw.json"), raw, "--columns", $"{Columns}", "--target", $"{Columns}");
        Assert.Equal((0, Count), (scores.Code, scores.Output.Count(c => c == '\n')));
    }

    /// <summary>Rows that are appended are less what the manifest's are, whatever the format; one that cannot be read so is
    /// refused.</summary>
    [Fact]
    public async Task Appended_rows_are_shifted_as_those_before_them()
    {
        var (begun, text, sparse, raw) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new List<float>());
        for (var i = 0; i < 1_200; i++)
        {
            var (t, x, y) = (1_700_000_000d + (128 * (i * 37 % 50)), i % 7 / 4f, i % 3 == 0 ? 1 : 0);
            begun.Append(CultureInfo.InvariantCulture, $"{t},{x},{y}\n");
            text.Append(CultureInfo.InvariantCulture, $"{t + 1280},{x},{y}\n");
            sparse.Append(CultureInfo.InvariantCulture, $"{y} 1:{t + 1280} 2:{x}\n");
            raw.AddRange([(float)(t + 1280), x, y]);
        }

        var (first, other) = (Write("a.csv", begun.ToString()), new[]
        {
            Write("b.csv", text.ToString()), Write("b.f32", MemoryMarshal.AsBytes(raw.ToArray().AsSpan()).ToArray()),
        });
        var parts = new List<string>();
        foreach (var path in other)
        {
            var manifest = PathOf(Path.GetFileName(path) + ".json");
            Assert.Equal(0, (await Run("shard", first, "--no-header", "--out", manifest)).Code);
            string[] asked = path.EndsWith(".f32", StringComparison.Ordinal) ? ["--columns", "3"] : ["--no-header"];
            var appended = await Run(["shard", path, "--append", "--out", manifest, .. asked]);
            Assert.True(appended.Code == 0, appended.Error);
            parts.Add(string.Join(',', Kernels.Orleans.ShardManifest.Read(manifest).Parts.Select(part => part.Sha256)));
            AssertOneLine(await Run("shard", Write("b.svm", sparse.ToString()), "--append", "--out", manifest), "LIBSVM");
        }

        Assert.Equal(parts[0], parts[1]);
    }

    [Fact]
    public async Task Weights_and_offsets_change_the_model_as_they_should()
    {
        // A row of weight 3 is three rows; an offset of the true margin leaves nothing to learn.
        var tripled = Write("t.csv", "x,y\n1,1\n1,1\n1,1\n2,0\n0,0\n3,1\n");
        var weighted = Write("w.csv", "x,n,y\n1,3,1\n2,1,0\n0,1,0\n3,1,1\n");
        var left = await Run("train", tripled, "--optimizer", "newton", "--l2", "0.1");
        var right = await Run("train", weighted, "--optimizer", "newton", "--l2", "0.1", "--weight-column", "n");
        Assert.Equal(Number(left.Output, "deviance"), Number(right.Output, "deviance"), 1e-5);
        Assert.Equal(Number(left.Output, "AUC"), Number(right.Output, "AUC"), 1e-6);
        Assert.Contains("of 6", right.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_values_are_an_error_or_skipped()
    {
        var path = Write("m.csv", "x,z,y\n1,2,1\n2,,0\nNA,1,1\n0,3,0\n1,1,0\n3,1,1\n2,2,null\n");
        var run = await Run("train", path);
        Assert.Equal((2, path + ":3: column 'z' is '', which is not a number; --skip-nan leaves out such rows\n"), (run.Code, run.Error));
        run = await Run("train", path, "--skip-nan", "--l2", "0.1");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(3, Number(run.Output, "rows skipped"));
        Assert.Contains("of 4", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluation_agrees_with_plain_counting()
    {
        var (values, y, _, _) = Rows(400, 3);
        values = Array.ConvertAll(values, MathF.Round); // ties
        var data = Write("e.csv", "a,b,c,y\n" + string.Join('\n', Enumerable.Range(0, 400).Select(i =>
            string.Join(',', Enumerable.Range(0, 3).Select(j => Digits(values[(i * 3) + j])).Append(Digits(y[i]))))));
        var model = Write("e.json", ModelText(["a", "b", "c"], "[1,-0.5,0.25,0.1]", intercept: true));
        var svg = PathOf("e.svg");
        var run = await Run("evaluate", model, data, "--svg", svg);
        Assert.True(run.Code == 0, run.Error);
        var means = new float[400];
        LogisticRegression.Predict(new DesignMatrix(values, 3, intercept: true), [1, -0.5f, 0.25f, 0.1f], means);

        // The probability that a positive is ranked before a negative, over all pairs.
        var (won, pairs) = (0.0, 0);
        for (var i = 0; i < 400; i++)
        {
            for (var k = 0; k < 400; k++)
            {
                if (y[i] != 1 || y[k] != 0)
                    continue;
                pairs++;
                won += means[i] > means[k] ? 1 : means[i] == means[k] ? 0.5 : 0;
            }
        }

        Assert.Equal(won / pairs, Number(run.Output, "AUC"), 1e-6);
        var right = means.Zip(y).Count(pair => (pair.First >= 0.5f) == (pair.Second == 1));
        Assert.Contains($"({right} of 400)", run.Output, StringComparison.Ordinal);
        var loss = DoubleOracle.Loss(DoubleOracle.Model.Logistic, new DesignMatrix(values, 3, intercept: true), y, [1, -0.5, 0.25, 0.1f]);
        Assert.Equal(2 * loss, Number(run.Output, "deviance"), 1e-3);

        var decile = run.Output.Split('\n').Select(line =>
            line.Split('│', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).First(cells => cells is ["1", ..]);
        var rows = int.Parse(decile[1], CultureInfo.InvariantCulture);
        Assert.InRange(rows, 40, 120); // rows with the same prediction stay together
        var first = means.Zip(y).OrderBy(pair => pair.First).Take(rows).ToArray();
        Assert.Equal(first.Average(pair => pair.First), float.Parse(decile[2], CultureInfo.InvariantCulture), 1e-4);
        Assert.Equal(first.Average(pair => pair.Second), float.Parse(decile[3], CultureInfo.InvariantCulture), 1e-4);

        var picture = System.Xml.Linq.XDocument.Load(svg);
        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Contains("true positive rate", picture.ToString(), StringComparison.Ordinal);
        Assert.Contains("Reliability", picture.ToString(), StringComparison.Ordinal);
        Assert.Contains(picture.Descendants(), element => element.Name.LocalName is "polyline" or "path");
    }

    [Fact]
    public async Task Predictions_stream_from_input_to_output_without_growing()
    {
        var rows = Grid.IsThinned ? 200_000 : 1_000_000;
        var model = Write("s.json", ModelText(["b", "a"], "[0.5,-0.25,0.1]", intercept: true, link: "log"));
        var start = new ProcessStartInfo(ToolProcess.Path, ["predict", model, "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // Otherwise the youngest generation's budget follows the L3 cache, of 300 MB on some machines, and what is measured is that.
        start.Environment["DOTNET_GCgen0size"] = "800000"; // hexadecimal: 8 MiB
        start.Environment["DOTNET_GCHeapHardLimit"] = "6000000"; // 96 MiB
        using var process = Process.Start(start)!;
        var (atFirst, atLast) = (0L, 0L);
        var writing = Task.Run(
            async () =>
            {
                await process.StandardInput.WriteAsync("a,b\n");
                for (var i = 0; i < rows; i++)
                {
                    await process.StandardInput.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"0.5,{i % 10}\n"));
                    if (i == rows / 4)
                        atFirst = Memory();
                }

                await process.StandardInput.FlushAsync();
                atLast = Memory();
                process.StandardInput.Close();
            },
            TestContext.Current.CancellationToken);
        var expected = Enumerable.Range(0, 10)
            .Select(b => PoissonRegression.Predict([b, 0.5f], [0.5f, -0.25f, 0.1f], intercept: true).ToString(CultureInfo.InvariantCulture))
                .ToArray();
        var count = 0;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line != expected[count % 10])
                Assert.Fail($"line {count + 1} is {line}");
            count++;
        }

        await writing;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, rows), (process.ExitCode, count));
        Assert.InRange(atLast - atFirst, long.MinValue, 32L << 20);

        long Memory()
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    [Fact]
    public async Task Libsvm_streams_too_and_says_what_it_lacks()
    {
        var model = Write("l.json", """{"link":"logit","arithmeticContract":2,"features":["1","2"],"intercept":false,"weights":[1,2]}""");
        var run = await Run(["predict", model, "-", "--format", "libsvm"], TestContext.Current.CancellationToken,
            new StringReader("0 1:1\n1 2:3 # x\n"));
        Assert.Equal("0.7310586\n0.99752736\n", run.Output);
        run = await Run(["predict", model, "-", "--format", "libsvm"], TestContext.Current.CancellationToken,
            new StringReader("0 1:1\n1 3:3\n"));
        Assert.Equal((2, "-:2: feature 3, but the model has 2\n"), (run.Code, run.Error));
        run = await Run("predict", model, Write("x.txt", "1 1:1\n"), "--weight-column", "1");
        Assert.Equal(2, run.Code);
    }

    [Theory]
    [InlineData("d.f32", "is no multiple", "--columns", "3")] // 7 floats
    [InlineData("d.f32", "need the number of columns")]
    [InlineData("d.f32", "lie together", "--columns", "7", "--target", "3")]
    [InlineData("d.parquet", "is not a Parquet file")]
    public async Task Damaged_binary_files_get_one_line(string name, string reason, params string[] arguments)
    {
        var path = PathOf(name);
        await File.WriteAllBytesAsync(path, new byte[28], TestContext.Current.CancellationToken);
        var run = await Run(["train", path, .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Contains(reason.Replace("is no multiple", "are no multiple", StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Parquet_with_nulls_and_text_says_so()
    {
        var schema = new ParquetSchema(new DataField<double?>("x"), new DataField<string>("t"), new DataField<long>("y"));
        var path = PathOf("n.parquet");
        await using (var stream = File.Create(path))
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(schema.DataFields[0], new double?[] { 1, null, 3, 0 });
            await group.WriteAsync(schema.DataFields[1], (string[])["a", "b", "c", "d"]);
            await group.WriteAsync<long>(schema.DataFields[2], new long[] { 1, 0, 1, 0 });
            group.CompleteValidate();
        }

        var run = await Run("train", path);
        Assert.Equal((2, path + ": column 't' holds no numbers; --drop t leaves it out of training, --categorical t takes it for words\n"),
            (run.Code, run.Error));
        var model = Write("n.json", """{"link":"logit","arithmeticContract":2,"features":["x"],"intercept":false,"weights":[1]}""");
        run = await Run("evaluate", model, path, "--target", "y");
        Assert.Equal((2, path + ": row 2 of row group 1: column 'x' is null or NaN; --skip-nan leaves such rows out\n"),
            (run.Code, run.Error));
        run = await Run("evaluate", model, path, "--target", "y", "--skip-nan");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("1 of them skipped", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_left_half_written()
    {
        var model = Write("h.json", """{"link":"logit","arithmeticContract":2,"features":["1"],"intercept":false,"weights":[1]}""");
        var lines = string.Concat(Enumerable.Repeat("1 1:1\n", 5000)) + "1 1:x\n";
        var (data, output) = (Write("h.txt", lines), PathOf("h.out"));
        Assert.Equal(2, (await Run("predict", model, data, "--out", output)).Code);
        Assert.Equal(2, (await Run("train", "--out", Path.Combine(Folder.FullName, "no", "folder.json"))).Code);
        Assert.Equal(["h.json", "h.txt"], Folder.GetFiles().Select(file => file.Name).Order());
    }

    private static (float[] Values, float[] Y, float[] SampleWeights, float[] Offset) Rows(int rows, int columns)
    {
        var random = new SplitMix(3);
        var (values, y, s, o) = (new float[rows * columns], new float[rows], new float[rows], new float[rows]);
        random.Fill(values, 2f);
        random.Fill(o, 0.5f);
        for (var i = 0; i < rows; i++)
        {
            y[i] = values[i * columns] + random.PlusMinusOne() > 0 ? 1 : 0;
            s[i] = random.Between(0, 3);
        }

        return (values, y, s, o);
    }

    // Two row groups, of columns of several types.
    private static async Task WriteParquet(string path, float[] values, float[] y, float[] s, float[] o, int columns)
    {
        var schema = new ParquetSchema(
            new DataField<float>("a"), new DataField<double>("b"), new DataField<float>("c"), new DataField<float?>("d"),
            new DataField<int>("s"), new DataField<float>("o"), new DataField<bool>("y"));
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach (var (start, count) in new[] { (0, 100), (100, y.Length - 100) })
        {
            using var group = writer.CreateRowGroup();
            var rows = Enumerable.Range(start, count).ToArray();
            await group.WriteAsync<float>(schema.DataFields[0], Column(0));
            await group.WriteAsync<double>(schema.DataFields[1], Array.ConvertAll(Column(1), v => (double)v));
            await group.WriteAsync<float>(schema.DataFields[2], Column(2));
            await group.WriteAsync<float>(schema.DataFields[3], Array.ConvertAll(Column(3), v => (float?)v));
            await group.WriteAsync<int>(schema.DataFields[4], Array.ConvertAll(rows, i => (int)s[i]));
            await group.WriteAsync<float>(schema.DataFields[5], Array.ConvertAll(rows, i => o[i]));
            await group.WriteAsync<bool>(schema.DataFields[6], Array.ConvertAll(rows, i => y[i] == 1));
            group.CompleteValidate();

            float[] Column(int j) => Array.ConvertAll(rows, i => values[(i * columns) + j]);
        }
    }

    private static byte[] Raw(float[] values, float[] y, float[] s, float[] o, int columns)
    {
        var all = new List<float>();
        for (var i = 0; i < y.Length; i++)
        {
            all.AddRange(values.AsSpan(i * columns, columns));
            all.AddRange([s[i], o[i], y[i]]);
        }

        return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(all)).ToArray();
    }

    private static double Number(string output, string name) =>
        double.Parse(output.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[name.Length..].Trim()
            .Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Digits(float value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Squeezed(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Weights(string json) => json[json.IndexOf("\"weights\"", StringComparison.Ordinal)..];

    private static Task<string> Text(string path) => File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
