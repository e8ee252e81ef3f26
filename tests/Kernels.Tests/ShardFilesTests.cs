using Kernels.Orleans;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>Parts, their manifest, and who holds which.</summary>
public sealed class ShardFilesTests : ShardedProblem
{
    [Theory]
    [InlineData("""{ "format": 1, "features": [], "parts": [] }""", null)]
    [InlineData("nothing", "is no manifest")]
    [InlineData("""{ "features": [], "parts": [] }""", "is no manifest")]
    [InlineData("""{ "format": 1, "parts": [] }""", "is no manifest")]
    [InlineData("""{ "format": 1, "features": null, "parts": [] }""", "is no manifest")]
    [InlineData("""{ "format": 1, "features": [], "parts": [], "parts": [] }""", "is no manifest")]
    [InlineData("""{ "format": 2, "features": [], "parts": [] }""", "has format 2")]
    [InlineData("""{ "format": 1, "features": [], "parts": [{ "file": "p", "firstRow": 1, "rows": 3, "sha256": "" }] }""", "from row 1 on")]
    [InlineData("""{ "format": 1, "features": [], "parts": [{ "file": "p", "firstRow": 0, "rows": 0, "sha256": "" }] }""", "has 0 rows")]
    [InlineData(
        """
        {
          "format": 1,
          "features": ["a"],
          "parts": [
            { "file": "p", "firstRow": 0, "rows": 9, "sha256": "" },
            { "file": "q", "firstRow": 9, "rows": 9, "sha256": "" }
          ]
        }
        """,
        "multiples of 1024")]
    public void A_manifest_is_checked(string text, string? refused)
    {
        var path = Path.Combine(Folder, "m.json");
        File.WriteAllText(path, text);
        if (refused is null)
            Assert.Equal(0, ShardManifest.Read(path).Rows());
        else
            Assert.Contains(refused, Assert.Throws<InvalidDataException>(() => ShardManifest.Read(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>2³³ rows in eight parts, and one part of 2³² numbers.</summary>
    [Fact]
    public void Rows_and_numbers_are_counted_in_64_bits()
    {
        var path = Path.Combine(Folder, "m.json");
        const int Most = 1 << 30;
        var parts = Enumerable.Range(0, 8).Select(i => new ShardPart($"{i}", i * (long)Most, Most, string.Empty));
        Write(new() { Features = [], Parts = [.. parts] });
        Assert.Equal(1L << 33, ShardManifest.Read(path).Rows());
        Write(new() { Features = ["a", "b", "c", "d"], Parts = [new("p", 0, Most, string.Empty)] });
        var refusal = Assert.Throws<InvalidDataException>(() => ShardManifest.Read(path));
        Assert.Contains("smaller parts", refusal.Message, StringComparison.Ordinal);

        void Write(ShardManifest manifest)
        {
            using var stream = File.Create(path);
            manifest.Write(stream);
        }
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
        var writer =
            ShardWriter.Create(whole, new() { Features = [.. Enumerable.Range(0, Columns).Select(j => $"x{j}")], Parts = [] }, 2048);
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
}
