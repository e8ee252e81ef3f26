using System.Globalization;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Kernels.Cli.Data;
using Kernels.Tests.Support;
using Kernels.Training;
using Parquet;
using Parquet.Schema;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary>Files that have their rows by columns, Parquet and Arrow, are read as the same rows in a text.</summary>
public sealed class CliColumnsTests : ToolFolder
{
    /// <summary>Four columns of float32 are written at a time, where none of them is shifted, missing or of another type.</summary>
    [Fact]
    public async Task Columns_of_Parquet_become_rows_whatever_stands_beside_them()
    {
        const int Rows = 3 * 64 + 5, Columns = 15;
        var path = PathOf("mixed.parquet");
        DataField[] fields =
        [
            .. Enumerable.Range(0, Columns).Select(j => j switch
            {
                9 => (DataField)new DataField<double>($"c{j}"),
                11 => new DataField<float?>($"c{j}"),
                _ => new DataField<float>($"c{j}"),
            }),
            new DataField<float>("y"),
        ];
        static float At(int row, int column) => (column == 4 ? 1e6f : 0) + ((row * 31 + column * 7) % 64) - 32;
        await using (var stream = File.Create(path))
        {
            await using var writer = await ParquetWriter.CreateAsync(
                new ParquetSchema(fields), stream, cancellationToken: TestContext.Current.CancellationToken);
            using var group = writer.CreateRowGroup();
            for (var j = 0; j <= Columns; j++)
            {
                var values = Enumerable.Range(0, Rows).Select(i => At(i, j)).ToArray();
                if (j == 9)
                    await group.WriteAsync<double>(fields[j], System.Array.ConvertAll(values, v => (double)v).AsMemory());
                else if (j == 11)
                    await group.WriteAsync<float>(fields[j], System.Array.ConvertAll(values, v => (float?)v).AsMemory());
                else
                    await group.WriteAsync<float>(fields[j], values.AsMemory());
            }
        }

        var data = DataReader.Read(path, new() { ChoosesShift = true });
        Assert.True(data.Shift is { } shift && shift[4] > 9e5 && shift.Count(value => value != 0) == 1);
        var x = data.Blocks[0].Matrix(intercept: false);
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
                Assert.Equal((float)(At(i, j) - data.Shift[j]), x.Row(i)[j]);
        }
    }

    // Columns are read by several threads.
    [Fact]
    public async Task The_first_column_of_parquet_that_lacks_a_value_is_told()
    {
        const int Columns = 40, Values = 3000;
        var (path, fields) = (PathOf("n.parquet"), Enumerable.Range(0, Columns).Select(j => new DataField<double?>($"c{j}")).ToArray());
        await using (var stream = File.Create(path))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields]), stream))
        {
            using var group = writer.CreateRowGroup();
            for (var j = 0; j < Columns; j++)
            {
                var values = new double?[Values];
                for (var i = 0; i < Values; i++)
                    values[i] = j >= 11 && i == Values - j ? null : i % 2;
                await group.WriteAsync<double>(fields[j], values.AsMemory());
            }

            group.CompleteValidate();
        }

        for (var repeat = 0; repeat < 20; repeat++)
        {
            var wrong = Assert.Throws<DataException>(() => DataReader.Read(path, new ReadOptions()));
            Assert.Contains($"row {Values - 10} of row group 1: column 'c11' is null", wrong.Message, StringComparison.Ordinal);
        }

        var read = DataReader.Read(path, new ReadOptions { SkipsNaN = true }).Blocks[0];
        Assert.Equal(Values, read.Rows);
        for (var i = 0; i < Values; i++)
        {
            // Each value is in its row, whatever is missing before.
            var row = read.Values.Read(i, 1);
            for (var j = 0; j < Columns - 1; j++)
                Assert.Equal(j >= 11 && i == Values - j ? float.NaN : i % 2, row[j]);
        }
    }

    [Fact]
    public async Task Parquet_has_words_and_keys()
    {
        var random = new Random(5);
        var (colours, x, y, id) = (new string?[400], new double[400], new bool[400], new long[400]);
        var csv = new StringBuilder("id,colour,x,y\n");
        for (var i = 0; i < 400; i++)
        {
            (colours[i], x[i], id[i]) = (i % 37 == 5 ? null : ((string[])["red", "blue", "green"])[random.Next(3)],
                random.Next(-9, 9) * 0.25, 1_000_000_000_000L + i);
            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-x[i] - (colours[i] == "red" ? 1 : 0)));
            csv.Append(CultureInfo.InvariantCulture, $"{id[i]},{colours[i]},{x[i]},{(y[i] ? 1 : 0)}\n");
        }

        var (text, parquet) = (Write("t.csv", csv.ToString()), PathOf("t.parquet"));
        var schema = new ParquetSchema(new DataField<long>("id"), new DataField<string>("colour"), new DataField<double>("x"),
            new DataField<bool>("y"));
        await using (var stream = File.Create(parquet))
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            foreach (var (first, count) in new[] { (0, 150), (150, 250) })
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<long>(schema.DataFields[0], id.AsMemory(first, count));
                await group.WriteAsync(schema.DataFields[1], colours[first..(first + count)]!);
                await group.WriteAsync<double>(schema.DataFields[2], x.AsMemory(first, count));
                await group.WriteAsync<bool>(schema.DataFields[3], y.AsMemory(first, count));
                group.CompleteValidate();
            }
        }

        var (ofText, ofParquet) = (PathOf("t.json"), PathOf("p.json"));
        foreach (var (data, output) in new[] { (text, ofText), (parquet, ofParquet) })
        {
            var run = await Run("train", data, "--drop", "id", "--categorical", "colour", "--skip-nan", "--out", output);
            Assert.True(run.Code == 0, run.Error);
        }

        Assert.Equal(Model.Load(ofText).Weights, Model.Load(ofParquet).Weights);
        Assert.Equal(Model.Load(ofText).Categories![0].Levels, Model.Load(ofParquet).Categories![0].Levels);
        var scores = await Run("predict", ofText, text, "--keep", "id", "--skip-nan");
        Assert.Equal(0, scores.Code);
        Assert.Equal(scores.Output, (await Run("predict", ofText, parquet, "--keep", "id", "--skip-nan")).Output);
        Assert.StartsWith("1000000000000,", scores.Output, StringComparison.Ordinal);

        var refused = await Run("train", parquet, "--drop", "id", "--categorical", "colour");
        Assert.Equal((2, parquet + ": row 6 of row group 1: column 'colour' is no word; --skip-nan leaves out such rows\n"),
            (refused.Code, refused.Error));
        refused = await Run("train", parquet, "--drop", "id");
        Assert.Contains("column 'colour' holds no numbers; --drop colour", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.arrow", true, false, "text")]
    [InlineData("t.feather", true, true, "text")]
    [InlineData("t.arrows", false, false, "text")]
    [InlineData("v.arrow", true, false, "view")]
    [InlineData("d.arrows", false, false, "dictionary")]
    public async Task Arrow_is_read_as_its_text(string name, bool isFile, bool isCompressed, string words)
    {
        var csv = new StringBuilder("id,colour,when,size,flag,x,y\n");
        var (text, arrow) = (PathOf("a.csv"), PathOf(name));
        await using (var stream = File.Create(arrow))
        {
            var batches = new[] { Batch(0, 90, csv, words), Batch(90, 160, csv, words) };
            var options = new IpcOptions
            {
                CompressionCodec = isCompressed ? CompressionCodecType.Zstd : null,
                CompressionCodecFactory = isCompressed ? new CompressionCodecFactory() : null,
            };
            using ArrowStreamWriter writer = isFile
                ? new ArrowFileWriter(stream, batches[0].Schema, leaveOpen: true, options)
                : new ArrowStreamWriter(stream, batches[0].Schema, leaveOpen: true, options);
            foreach (var batch in batches)
                await writer.WriteRecordBatchAsync(batch, TestContext.Current.CancellationToken);
            await writer.WriteEndAsync(TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(text, csv.ToString(), TestContext.Current.CancellationToken);
        var (ofText, ofArrow) = (PathOf("t.json"), PathOf("a.json"));
        foreach (var (data, output) in new[] { (text, ofText), (arrow, ofArrow) })
        {
            var run = await Run("train", data, "--drop", "id", "--categorical", "colour", "--skip-nan", "--out", output);
            Assert.True(run.Code == 0, run.Error);
        }

        // What is subtracted from seconds is the mean of the first batch here, of the first rows there: the sums round at other places.
        var (weights, expected) = (Model.Load(ofArrow).Weights, Model.Load(ofText).Weights);
        Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * Math.Abs(pair.First)));
        Assert.Equal(["False", "True"], Model.Load(ofArrow).LabelWords);
        var scores = await Run("predict", ofText, text, "--keep", "id", "--skip-nan");
        Assert.Equal(scores.Output, (await Run("predict", ofText, arrow, "--keep", "id", "--skip-nan")).Output);
        Assert.Contains("record batch 1: column 'size' is null or NaN; --skip-nan",
            (await Run("train", arrow, "--drop", "id,colour")).Error, StringComparison.Ordinal);
        Assert.Contains("column 'colour' holds no numbers; --drop colour", (await Run("train", arrow)).Error, StringComparison.Ordinal);

        // Cut or damaged: one line and exit 2, or what it says.
        var bytes = await File.ReadAllBytesAsync(arrow, TestContext.Current.CancellationToken);
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var damaged = i % 3 == 0 ? bytes[..random.Next(bytes.Length)] : (byte[])bytes.Clone();
            for (var k = 0; k < i % 3 && damaged.Length > 0; k++)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            var run = await Run("train", Write("d" + Path.GetExtension(name), damaged), "--drop", "id", "--categorical", "colour",
                "--skip-nan", "--max-iterations", "2");
            Assert.True(run.Code is 0 or 2 or 3 or 4, run.Error);
            Assert.DoesNotContain("this should not have happened", run.Error, StringComparison.Ordinal);
            Assert.InRange(run.Error.Split('\n').Length, 1, 2);
        }
    }

    private static RecordBatch Batch(int first, int count, StringBuilder csv, string words)
    {
        var random = new Random(first + 5);
        var (id, x, flag, y) = (new Int64Array.Builder(), new FloatArray.Builder(), new BooleanArray.Builder(), new BooleanArray.Builder());
        var (colours, views, numbers) = (new StringArray.Builder(), new StringViewArray.Builder(), new Int8Array.Builder());
        string[] known = ["red", "a blue that is long as well", "a green with a name of more than twelve letters"];
        var (size, when) = (new DoubleArray.Builder(), new Int32Array.Builder());
        for (var i = first; i < first + count; i++)
        {
            var number = random.Next(3);
            var (word, wide, single, on) =
                (known[number], i % 41 == 7 ? (double?)null : random.Next(-20, 20) * 0.5, (float)random.NextDouble(), random.Next(2) == 0);
            var label = random.NextDouble() < 1 / (1 + Math.Exp(-single - (word == "red" ? 1 : 0)));
            id.Append(i);
            colours.Append(word);
            views.Append(word);
            numbers.Append((sbyte)number);
            when.Append(1_700_000_000 + (i * 60));
            _ = wide is null ? size.AppendNull() : size.Append(wide.Value);
            flag.Append(on);
            x.Append(single);
            y.Append(label);
            csv.Append(CultureInfo.InvariantCulture, $"{i},{word},{1_700_000_000 + (i * 60)},{wide},{on},{single},{(label ? 1 : 0)}\n");
        }

        IArrowArray colour = words switch
        {
            "view" => views.Build(),
            "dictionary" => new DictionaryArray(new DictionaryType(Int8Type.Default, StringType.Default, ordered: false), numbers.Build(),
                new StringArray.Builder().AppendRange(known).Build()),
            _ => colours.Build(),
        };
        return new RecordBatch.Builder()
            .Append("id", false, id.Build()).Append("colour", false, colour).Append("when", false, when.Build())
                .Append("size", true, size.Build())
            .Append("flag", false, flag.Build()).Append("x", false, x.Build()).Append("y", false, y.Build()).Build();
    }
}
