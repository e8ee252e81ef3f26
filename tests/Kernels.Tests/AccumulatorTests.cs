using System.Buffers;
using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>Rows block by block: the bits of one call however they are cut, merged, written and read.</summary>
public class AccumulatorTests
{
    private const int Slice = GradientAccumulator<Logit>.SliceRows;

    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 5, 3 }, { 63, 20 }, { 1024, 9 }, { 1025, 70 }, { 3000, 5 }, { 5121, 33 }, { 40, 300 }, { 9, 5000 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Any_cut_gives_the_bits_of_one_call(int rows, int columns)
    {
        Check<Logit>(Model.Logistic);
        Check<Identity>(Model.Linear);
        Check<Log>(Model.Poisson);

        void Check<TLink>(Model model)
            where TLink : struct, ILink
        {
            var p = new WeightedProblem((ulong)(rows + columns), model, rows, columns, scale: 0.5f / MathF.Sqrt(columns));
            for (var i = 5; i < rows; i += 17)
                p.P[i, i % columns] = float.NaN;
            foreach (var weighted in new[] { false, true })
            {
                var data = new Observations(p.P.X, p.P.Y)
                {
                    SampleWeights = weighted ? p.SampleWeights : default,
                    Offset = p.Offset,
                    RowsWithNaN = RowsWithNaN.Skip,
                };
                foreach (var seed in new ulong[] { 1, 2, 3, 4, 5, 6 })
                {
                    // Single rows, then fewer than a group, about a vector, about a block, anything.
                    var (random, longest) = (new SplitMix(seed), (int)seed switch
                    {
                        1 => 1,
                        2 => 3,
                        3 => 18,
                        4 => 150,
                        5 => 1500,
                        _ => rows,
                    });
                    var sum = new GradientAccumulator<TLink>(p.P.Weights, intercept: true);
                    for (var row = 0; row < rows;)
                    {
                        var count = Math.Min(random.Between(Math.Min(longest, 1), longest), rows - row);
                        sum.Add(data.Slice(row, count));
                        row += count;
                    }

                    SameAsOneCall(sum, data, p.P.Weights, $"{model} {rows}x{columns} cut {seed} weighted {weighted}");
                }
            }
        }
    }

    [Fact]
    public void It_can_be_read_after_every_row()
    {
        var p = new WeightedProblem(7, Model.Logistic, 2100, 6);
        var sum = new GradientAccumulator<Logit>(p.P.Weights, intercept: true);
        SameAsOneCall(sum, p.Data.Slice(0, 0), p.P.Weights, "no rows");
        for (var row = 0; row < 2100; row++)
        {
            sum.Add(p.Data.Slice(row, 1));
            if (row < 40 || row > 990 && row < 1060 || row > 2040)
                SameAsOneCall(sum, p.Data.Slice(0, row + 1), p.P.Weights, $"after {row + 1} rows");
        }
    }

    [Fact]
    public void Neighbouring_ranges_merge_to_the_bits_of_one_call()
    {
        const int Rows = (13 * Slice) + 77;
        var p = new WeightedProblem(11, Model.Poisson, Rows, 5);
        for (var i = 0; i < Rows; i += 97)
            p.P[i, i % 5] = float.NaN;
        var data = new Observations(p.P.X, p.P.Y) { SampleWeights = p.SampleWeights, Offset = p.Offset, RowsWithNaN = RowsWithNaN.Skip };
        foreach (var seed in new ulong[] { 1, 2, 3, 4, 5, 6, 7, 8 })
        {
            // Shards of some slices each, merged pair by pair in a random order.
            var random = new SplitMix(seed);
            var shards = new List<GradientAccumulator<Log>>();
            for (var row = 0; row < Rows;)
            {
                var count = Math.Min(random.Between(1, 4) * Slice, Rows - row);
                shards.Add(new(p.P.Weights, intercept: true, firstRow: row));
                shards[^1].Add(data.Slice(row, count));
                row += count;
            }

            while (shards.Count > 1)
            {
                var i = random.Between(0, shards.Count - 2);
                shards[i].Merge(Reread(shards[i + 1]));
                shards.RemoveAt(i + 1);
            }

            SameAsOneCall(shards[0], data, p.P.Weights, $"seed {seed}");
        }
    }

    [Fact]
    public void A_merge_goes_on_where_the_next_range_stopped()
    {
        var p = new WeightedProblem(13, Model.Logistic, 3000, 4);
        var (left, right) = (new GradientAccumulator<Logit>(p.P.Weights, true), new GradientAccumulator<Logit>(p.P.Weights, true, Slice));
        left.Add(p.Data.Slice(0, Slice));
        right.Add(p.Data.Slice(Slice, 1002));
        left.Merge(right);
        left.Add(p.Data.Slice(2026, 974));
        SameAsOneCall(left, p.Data, p.P.Weights, "merged, then more");
        right.Add(p.Data.Slice(2026, 974));
        Assert.Equal((1976, Slice), (right.Rows, right.FirstRow));
        var (gradient, exact) = (new float[5], new float[5]);
        right.Gradient(gradient);
        LogisticRegression.Gradient(p.Data.Slice(Slice, 1976), p.P.Weights, exact);
        Bits.Equal(exact, gradient, "a range of two slices by itself");
    }

    [Fact]
    public void What_does_not_fit_is_not_merged()
    {
        var p = new WeightedProblem(17, Model.Logistic, 2 * Slice, 4);
        var left = new GradientAccumulator<Logit>(p.P.Weights, true);
        left.Add(p.Data.Slice(0, Slice));
        var other = (float[])p.P.Weights.Clone();
        other[2] = MathF.BitIncrement(other[2]);
        Refused(new(p.P.Weights, true, 2 * Slice), "2048");
        Refused(new(p.P.Weights, true, 0), "1024");
        Refused(new(other, true, Slice), "weights");
        Refused(new(p.P.Weights, false, Slice), "weights");
        var unweighted = new GradientAccumulator<Logit>(p.P.Weights, true, Slice);
        unweighted.Add(p.P.X.Slice(Slice, 10), p.P.Y.AsSpan(Slice, 10));
        Refused(unweighted, "sample weights");
        SameAsOneCall(left, p.Data.Slice(0, Slice), p.P.Weights, "after refusals");
        left.Add(p.Data.Slice(Slice, 5));
        Refused(new(p.P.Weights, true, Slice), "1029");
        Assert.Throws<ArgumentNullException>(() => left.Merge(null!));

        void Refused(GradientAccumulator<Logit> next, string said)
        {
            var e = Assert.Throws<ArgumentException>(() => left.Merge(next));
            Assert.Equal("next", e.ParamName);
            Assert.Contains(said, e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 10)]
    [InlineData(0, 1024)]
    [InlineData(0, 7170)]
    [InlineData(3 * 1024, 5000)]
    public void Written_and_read_it_has_the_same_bits_and_goes_on(int first, int rows)
    {
        var p = new WeightedProblem((ulong)rows, Model.Linear, rows + 50, 7);
        var sum = new GradientAccumulator<Identity>(p.P.Weights, true, first);
        sum.Add(p.Data.Slice(0, rows));
        var read = Reread(sum);
        Assert.Equal((sum.Rows, sum.FirstRow, sum.SkippedRows, sum.Columns, sum.HasIntercept),
            (read.Rows, read.FirstRow, read.SkippedRows, read.Columns, read.HasIntercept));
        Bits.Equal(sum.Weights, read.Weights, "weights");
        Same(sum, read, "read");
        Array.ForEach([sum, read], s => s.Add(p.Data.Slice(rows, 50)));
        Same(sum, read, "and some more rows");
        Assert.Equal(Bytes(sum), Bytes(read));
    }

    [Fact]
    public void Every_damaged_byte_and_every_cut_is_noticed()
    {
        var p = new WeightedProblem(19, Model.Logistic, Slice + 6, 3);
        var sum = new GradientAccumulator<Logit>(p.P.Weights, true);
        sum.Add(p.Data);
        var bytes = Bytes(sum);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= (byte)(1 << (i % 8));
            Assert.Throws<InvalidDataException>(() => GradientAccumulator<Logit>.Read(new(damaged)));
            Assert.Throws<InvalidDataException>(() => GradientAccumulator<Logit>.Read(new(bytes.AsMemory(0, i))));
        }

        Assert.Throws<InvalidDataException>(() => GradientAccumulator<Logit>.Read(new([.. bytes, 0])));
        Assert.Contains("link", Assert.Throws<InvalidDataException>(() => GradientAccumulator<Log>.Read(new(bytes))).Message,
            StringComparison.Ordinal);
        Assert.Contains("KGA", Assert.Throws<InvalidDataException>(() => GradientAccumulator<Log>.Read(new(new byte[200]))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 99, "contract")] // another version of the contract
    [InlineData(3, 2, "format")]
    [InlineData(9, 7, "contradicts")] // intercept 7
    [InlineData(15, 127, "bytes")] // 2³¹ weights
    [InlineData(31, 127, "bytes")] // very many rows
    [InlineData(31, 255, "contradicts")] // negative
    [InlineData(16, 1, "contradicts")] // not a multiple of the slice
    public void A_header_that_lies_is_refused_before_anything_is_allocated(int at, byte value, string said)
    {
        var sum = new GradientAccumulator<Logit>(new float[3]);
        var bytes = Bytes(sum);
        bytes[at] = value;
        Seal(bytes);
        Assert.Contains(said, Assert.Throws<InvalidDataException>(() => GradientAccumulator<Logit>.Read(new(bytes))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void More_rows_skipped_than_an_int_counts_are_reported_and_the_step_is_taken()
    {
        // 2³¹ slices are one node of the tree, as one slice is: 2⁴¹ rows, 2³² of them skipped.
        var sum = new GradientAccumulator<Logit>([0f, 0f]);
        var (x, y) = (new float[2 * Slice], new float[Slice]);
        Array.Fill(x, 1f);
        sum.Add(new(x, 2), y);
        var bytes = Bytes(sum);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), 1L << 41);
        BitConverter.TryWriteBytes(bytes.AsSpan(32), 1L << 32);
        Seal(bytes);
        var read = GradientAccumulator<Logit>.Read(new(bytes));
        Assert.Equal((1L << 41, 1L << 32), (read.Rows, read.SkippedRows));
        float[] weights = [0f, 0f];
        var step = read.Step(weights, 1f / Slice);
        Assert.Equal((true, 1L << 32), (step.Applied, step.SkippedRows));
        Assert.Equal([-0.5f, -0.5f], weights);
        Assert.Equal(1L << 32, read.Gradient(weights).SkippedRows);
    }

    [Fact]
    public void Rows_whose_numbers_a_long_cannot_hold_are_refused()
    {
        var sum = new GradientAccumulator<Logit>([0f], firstRow: long.MaxValue - 1023); // 2⁶³ − 1024
        var (x, y) = (new float[Slice], new float[Slice]);
        Assert.Equal("data", Assert.Throws<ArgumentException>(() => sum.Add(new(x, 1), y)).ParamName);
        Assert.Equal(0, sum.Rows);
        sum.Add(new(x.AsSpan(1), 1), y.AsSpan(1));
        Assert.Equal(1023, sum.Rows);
        Same(sum, GradientAccumulator<Logit>.Read(new(Bytes(sum))), "read");
        Assert.Throws<ArgumentException>(() => sum.Add(new(x.AsSpan(0, 1), 1), y.AsSpan(0, 1)));
    }

    [Fact]
    public void Bytes_in_several_segments_are_read()
    {
        var p = new WeightedProblem(23, Model.Logistic, 1500, 3);
        var sum = new GradientAccumulator<Logit>(p.P.Weights, true);
        sum.Add(p.Data);
        var bytes = Bytes(sum);
        var first = new Segment(bytes.AsMemory(0, 10), null);
        var last = new Segment(bytes.AsMemory(10), first);
        Same(sum, GradientAccumulator<Logit>.Read(new(first, 0, last, bytes.Length - 10)), "two segments");
    }

    [Fact]
    public void Steps_are_those_of_Step()
    {
        var p = new WeightedProblem(29, Model.Logistic, 2500, 6);
        var (expected, actual) = ((float[])p.P.Weights.Clone(), (float[])p.P.Weights.Clone());
        var sum = new GradientAccumulator<Logit>(actual, true);
        for (var i = 0; i < 4; i++)
        {
            sum.Add(p.Data.Slice(0, 700));
            sum.Add(p.Data.Slice(700, 1800));
            Assert.Equal(LogisticRegression.Step(p.Data, expected, 0.5f, Reduction.Mean), sum.Step(actual, 0.5f, Reduction.Mean));
            Bits.Equal(expected, actual, $"step {i}");
            sum.Reset(actual);
            Assert.Equal((0, 0.0), (sum.Rows, sum.Loss()));
        }

        var nan = new GradientAccumulator<Logit>(new float[1]);
        nan.Add(new DesignMatrix([float.NaN], 1), [1f]);
        var weights = new[] { 3f };
        Assert.False(nan.Step(weights, 1f).Applied);
        Assert.Equal(3f, weights[0]);
    }

    [Fact]
    public void Wrong_calls_are_refused()
    {
        var p = new WeightedProblem(31, Model.Logistic, 10, 4);
        var sum = new GradientAccumulator<Logit>(p.P.Weights, true);
        Assert.Equal("data",
            Assert.Throws<ArgumentException>(() => sum.Add(new DesignMatrix(new float[10], 5, true), new float[2])).ParamName);
        Assert.Equal("data", Assert.Throws<ArgumentException>(() => sum.Add(new DesignMatrix(new float[10], 5), new float[2])).ParamName);
        Assert.Equal("y", Assert.Throws<ArgumentException>(() => sum.Add(p.P.X, new float[2])).ParamName);
        sum.Add(p.Data);
        Assert.Equal("data", Assert.Throws<ArgumentException>(() => sum.Add(p.P.X, p.P.Y)).ParamName);
        Assert.Equal(10, sum.Rows);
        Assert.Equal("gradient", Assert.Throws<ArgumentException>(() => sum.Gradient(new float[4])).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => sum.Step(new float[4], 0.1f)).ParamName);
        Assert.Equal("learningRate", Assert.Throws<ArgumentOutOfRangeException>(() => sum.Step(new float[5], float.NaN)).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => sum.Reset(new float[4])).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => new GradientAccumulator<Logit>([], true)).ParamName);
        Assert.Equal("firstRow",
            Assert.Throws<ArgumentOutOfRangeException>(() => new GradientAccumulator<Logit>([], false, 100)).ParamName);
        Assert.Equal("firstRow",
            Assert.Throws<ArgumentOutOfRangeException>(() => new GradientAccumulator<Logit>([], false, -1024)).ParamName);
        Assert.Throws<ArgumentNullException>(() => sum.Write(null!));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var p = new WeightedProblem(37, Model.Logistic, 3000, 20);
        var (sum, gradient) = (new GradientAccumulator<Logit>(p.P.Weights, true), new float[21]);
        Once();
        Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++)
            Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Once()
        {
            sum.Reset(p.P.Weights);
            for (var row = 0; row < 3000; row += 100)
                sum.Add(p.Data.Slice(row, 100));
            sum.Gradient(gradient);
        }
    }

    private static void SameAsOneCall<TLink>(GradientAccumulator<TLink> sum, in Observations data, float[] weights, string what)
        where TLink : struct, ILink
    {
        var (expected, actual) = (new float[weights.Length], new float[weights.Length]);
        foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
        {
            var result = Glm<TLink>.Gradient(data, weights, expected, reduction);
            Assert.Equal(result, sum.Gradient(actual, reduction));
            Bits.Equal(expected, actual, what);
            Bits.Equal(result.Loss, sum.Loss(reduction), what);
            Assert.Equal((data.X.Rows, result.TotalWeight, result.SkippedRows), (sum.Rows, sum.TotalWeight, sum.SkippedRows));
        }
    }

    private static void Same<TLink>(GradientAccumulator<TLink> expected, GradientAccumulator<TLink> actual, string what)
        where TLink : struct, ILink
    {
        var (left, right) = (new float[expected.Weights.Length], new float[expected.Weights.Length]);
        Assert.Equal(expected.Gradient(left), actual.Gradient(right));
        Bits.Equal(left, right, what);
    }

    private static GradientAccumulator<TLink> Reread<TLink>(GradientAccumulator<TLink> sum)
        where TLink : struct, ILink => GradientAccumulator<TLink>.Read(new(Bytes(sum)));

    private static byte[] Bytes<TLink>(GradientAccumulator<TLink> sum)
        where TLink : struct, ILink
    {
        var writer = new ArrayBufferWriter<byte>();
        sum.Write(writer);
        return writer.WrittenSpan.ToArray();
    }

    // A right checksum over wrong bytes: CRC-32C bit by bit.
    private static void Seal(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes.AsSpan(0, bytes.Length - 4))
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F6_3B78u : 0);
        }

        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), ~crc);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
