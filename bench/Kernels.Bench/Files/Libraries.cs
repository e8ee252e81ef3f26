using System.Globalization;
using csFastFloat;
using nietras.SeparatedValues;
using Parquet;

namespace Kernels.Bench.Files;

/// <summary>What the tool's libraries take alone: every value is read, and nothing is done with it.</summary>
internal static class Libraries
{
    internal static float Csv(string path)
    {
        var sum = 0f;
        using var reader = Sep.New(',').Reader(o => o with { CultureInfo = CultureInfo.InvariantCulture }).FromFile(path);
        while (reader.MoveNext())
        {
            var row = reader.Current;
            for (var i = 0; i < row.ColCount; i++)
                sum += FastFloatParser.ParseFloat(row[i].Span);
        }

        return sum;
    }

    internal static float Parquet(string path) => ParquetAsync(path).GetAwaiter().GetResult();

    private static async Task<float> ParquetAsync(string path)
    {
        await using var stream = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(stream);
        var sum = 0f;
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            foreach (var field in reader.Schema.GetDataFields())
            {
                var values = new float[group.RowCount];
                await group.ReadAsync<float>(field, values.AsMemory());
                sum += values[0];
            }
        }

        return sum;
    }
}
