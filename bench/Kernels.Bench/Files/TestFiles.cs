using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Kernels.Bench.Files;

/// <summary>The same rows in files of three formats: normal features, the label last.</summary>
internal sealed record TestFiles(string Csv, string Parquet, string LibSvm)
{
    internal static TestFiles Write(string folder, int rows, int columns)
    {
        var (x, y) = Rows(rows, columns);
        var files = new TestFiles(Path.Combine(folder, "rows.csv"), Path.Combine(folder, "rows.parquet"), Path.Combine(folder, "rows.svm"));
        string[] names = [.. Enumerable.Range(0, columns).Select(j => "c" + j.ToString(CultureInfo.InvariantCulture))];
        using (var csv = new StreamWriter(files.Csv))
        using (var svm = new StreamWriter(files.LibSvm))
        {
            csv.Write(string.Join(',', names) + ",label\n");
            for (var i = 0; i < rows; i++)
            {
                svm.Write(y[i] == 1 ? "1" : "0");
                for (var j = 0; j < columns; j++)
                {
                    csv.Write(string.Create(CultureInfo.InvariantCulture, $"{x[(i * columns) + j]:G6},"));
                    svm.Write(string.Create(CultureInfo.InvariantCulture, $" {j + 1}:{x[(i * columns) + j]:G6}"));
                }

                csv.Write(y[i] == 1 ? "1\n" : "0\n");
                svm.Write('\n');
            }
        }

        WriteParquetAsync(files.Parquet, [.. names, "label"], x, y).GetAwaiter().GetResult();
        return files;
    }

    private static (float[] X, float[] Y) Rows(int rows, int columns)
    {
        var (x, y, random) = (new float[rows * columns], new float[rows], new Random(1));
        for (var i = 0; i < rows; i++)
        {
            var z = -0.5;
            for (var j = 0; j < columns; j++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                x[(i * columns) + j] = (float)normal;
                z += normal * 0.2 * ((j % 5) - 2);
            }

            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
        }

        return (x, y);
    }

    private static async Task WriteParquetAsync(string path, string[] names, float[] x, float[] y)
    {
        var fields = Array.ConvertAll(names, name => new DataField<float>(name));
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields]), stream);
        const int GroupRows = 100_000;
        var columns = names.Length - 1;
        for (var first = 0; first < y.Length; first += GroupRows)
        {
            var count = Math.Min(GroupRows, y.Length - first);
            using var group = writer.CreateRowGroup();
            for (var j = 0; j <= columns; j++)
            {
                var values = new float[count];
                for (var i = 0; i < count; i++)
                    values[i] = j < columns ? x[((first + i) * columns) + j] : y[first + i];
                await group.WriteAsync<float>(fields[j], values.AsMemory());
            }
        }
    }
}
