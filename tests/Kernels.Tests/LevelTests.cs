using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>
/// The plan of a pass depends on where X comes from, and no bit on that: X of many rows in one call, and the same rows in parts, small and
/// large.
/// </summary>
public class LevelTests
{
    public static TheoryData<int, int> Shapes => new()
    {
        { 270_000, 16 }, { 140_001, 30 }, { 70_000, 61 }, { 33_000, 128 }, { 17_003, 250 }, { 14_000, 300 },
        { 9_005, 467 }, { 6_600, 640 }, { 4_203, 999 }, { 3_803, 1_104 }, { 3_798, 1_105 }, { 1_060, 3_999 }, { 850, 5_000 },
        { 150, 28_001 },
    };

    /// <summary>One for each way to interleave margins and gradient, in L2 and in L3; the last two only where X happens to start at half a
    /// line, which guard pages make sure of.</summary>
    public static TheoryData<int, int> ShapesInCache => new()
    {
        { 701, 32 }, { 9_001, 30 }, { 7_101, 37 }, { 345, 64 }, { 4_200, 64 }, { 210, 100 }, { 3_001, 100 }, { 198, 136 }, { 199, 137 },
        { 1_100, 250 },
        { 110, 500 }, { 1_001, 300 }, { 301, 1_000 }, { 265, 1_008 },
    };

    [Theory]
    [MemberData(nameof(ShapesInCache))]
    public void Data_in_cache_give_the_bits_of_their_parts(int rows, int columns)
    {
        Assert.True((long)rows * columns < 1 << 22, "from memory");
        CheckAll(rows, columns, few: 48); // by blocks
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Large_data_give_the_bits_of_their_parts(int rows, int columns)
    {
        Assert.True((long)rows * columns > 1 << 22, "not from memory");
        Assert.SkipWhen(Grid.IsThinned && columns is not (30 or 467 or 3_999), "a fused multiply-add is a call here: three shapes only");
        CheckAll(rows, columns, few: Math.Clamp(100_000 / columns, 3, 1009));
    }

    private static void CheckAll(int rows, int columns, int few)
    {
        foreach (var (intercept, gap) in new[] { (false, 0), (true, 3) })
        {
            var p = Problem.Random((ulong)columns, rows, columns, intercept, gap, scale: 1f / MathF.Sqrt(columns));
            var offset = Problem.Random(3, 1, rows).Weights;
            Check<Logit>(p, new Observations(p.X, p.Y), few);
            Check<Logit>(p, new Observations(p.X, p.Y) { Offset = offset }, few);
            if (!intercept)
                continue;
            Check<Identity>(p, new Observations(p.X, p.Y), few);
            Check<Log>(p, new Observations(p.X, p.Y) { Offset = offset }, few);
            Check<Logit>(p, new Observations(p.X, p.Y) { SampleWeights = Problem.Random(5, rows, 1).Y }, few);
        }
    }

    private static void Check<TLink>(Problem p, in Observations data, int few)
        where TLink : struct, ILink
    {
        var what = $"{typeof(TLink).Name} {p.Rows}x{p.Columns}, stride {p.Stride}, intercept {p.HasIntercept}";
        var whole = p.Gradient;
        var evaluation = Glm<TLink>.Gradient(data, p.Weights, whole);
        Same(data, few, "a few at a time");

        // Large all the same, but from some row on that begins no block.
        Same(data, count: p.Rows - 21, "all but some");
        Same(data, count: 5, "all but a few first", rest: p.Rows);
        Bits.Equal(evaluation.Loss, Glm<TLink>.Loss(data, p.Weights).Loss, "the loss alone");
        Assert.Contains(whole, g => g != 0);

        void Same(in Observations data, int count, string how, int? rest = null)
        {
            var sum = new GradientAccumulator<TLink>(p.Weights, p.HasIntercept);
            for (int row = 0, rows; row < p.Rows; row += rows)
            {
                rows = Math.Min(row > 0 && rest is { } all ? all : count, p.Rows - row);
                sum.Add(data.Slice(row, rows));
            }

            var parts = new float[whole.Length];
            Assert.Equal(evaluation, sum.Gradient(parts));
            Bits.Equal(parts, whole, $"{what}, {how}");
        }
    }
}
