using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>A fit that was ended anywhere goes on with its journal, and has the bits of one that was not.</summary>
public sealed class JournalTests : IDisposable
{
    private const string Identity = "these rows";

    private readonly string _path = Path.Combine(Path.GetTempPath(), "kernels-journal-" + Guid.NewGuid().ToString("N"));
    private readonly WeightedProblem _problem = new(3, DoubleOracle.Model.Logistic, 3_000, 6, scale: 1f);

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_fit_goes_on_wherever_it_was_ended()
    {
        var expected = Fit(out var all, out _);
        var whole = File.ReadAllBytes(_path);
        Assert.Equal(expected, Fit(out var asked, out var replayed));
        Assert.Equal((0, all), (asked, replayed));
        Assert.Equal(whole, File.ReadAllBytes(_path));
        for (var length = 0; length <= whole.Length; length += length < 300 ? 1 : 97)
        {
            File.WriteAllBytes(_path, whole[..length]);
            Assert.Equal(expected, Fit(out asked, out replayed));
            Assert.Equal(all, asked + replayed);
            Assert.Equal(whole, File.ReadAllBytes(_path));
        }
    }

    [Fact]
    public void What_is_damaged_is_asked_for_again()
    {
        var expected = Fit(out var all, out _);
        var whole = File.ReadAllBytes(_path);
        var header = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var i = header; i < whole.Length; i += 61)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 16;
            File.WriteAllBytes(_path, damaged);
            Assert.Equal(expected, Fit(out var asked, out var replayed));
            Assert.True(asked > 0 && asked + replayed == all, $"byte {i}: {asked} asked, {replayed} replayed, {all} in all");
        }
    }

    [Fact]
    public void Another_file_or_other_rows_are_refused_and_left_alone()
    {
        var shards = new ProblemShards(_problem, [1]);
        foreach (var text in new[] { "GLM", "a table\n", "GLM journal 9, contract 9: 3000 rows\n" })
        {
            File.WriteAllText(_path, text);
            if (text == "GLM") // the begin of a header that was cut
                new JournaledShards(shards, _path, Identity).Dispose();
            else
                Refused(shards, Identity);
        }

        File.Delete(_path);
        Fit(out _, out _);
        var bytes = File.ReadAllBytes(_path);
        Refused(shards, "other rows");
        Refused(new ProblemShards(new(3, DoubleOracle.Model.Logistic, 3_001, 6), []), Identity);
        Refused(new ProblemShards(new(3, DoubleOracle.Model.Logistic, 3_000, 6, intercept: false), []), Identity);
        Assert.Equal(bytes, File.ReadAllBytes(_path));

        void Refused(ObservationShards rows, string identity)
        {
            var before = File.ReadAllBytes(_path);
            Assert.Contains("no journal", Assert.Throws<InvalidDataException>(() => new JournaledShards(rows, _path, identity)).Message,
                StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(_path));
        }
    }

    [Fact]
    public void It_is_open_once_and_says_what_its_rows_say()
    {
        var shards = new ProblemShards(_problem, [1]);
        using var journal = new JournaledShards(shards, _path, Identity);
        Assert.Equal((3_000, 6, true), (journal.Rows, journal.Columns, journal.HasIntercept));
        Assert.ThrowsAny<IOException>(() => new JournaledShards(shards, _path, Identity));
        Assert.Throws<ArgumentNullException>(() => new JournaledShards(null!, _path, Identity));
        Assert.Throws<ArgumentNullException>(() => new JournaledShards(shards, null!, Identity));
        Assert.Throws<ArgumentException>(() => new JournaledShards(shards, _path, string.Empty));
    }

    private long[] Fit(out int asked, out int replayed)
    {
        var count = 0;
        using var journal = new JournaledShards(new ProblemShards(_problem, [1]) { Asked = _ => count++ }, _path, Identity);
        var fit = Fitter.FitShards<Logit>(journal, new() { L1 = 3 });
        (asked, replayed) = (count, journal.Replayed);
        return [.. fit.Coefficients.Select(BitConverter.DoubleToInt64Bits)];
    }
}
