using System.Buffers;
using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>A Hessian accumulator as bytes.</summary>
public class HessianBytesTests
{
    public static TheoryData<int, bool> Cases => new()
    {
        { 0, true }, { 1, true }, { 1023, true }, { 1024, true }, { 1025, true }, { 5000, true },
        { 0, false }, { 1, false }, { 1023, false }, { 1024, false }, { 1025, false }, { 5000, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_was_written_and_read_goes_on_with_the_same_bits(int rows, bool isSingle)
    {
        var p = new WeightedProblem((ulong)rows, DoubleOracle.Model.Logistic, rows + 2000, 5);
        foreach (var first in new[] { 0L, 3L << 10, 1L << 40 })
        {
            var sum = Empty(p, isSingle, first);
            sum.Add(p.Data.Slice(0, rows));
            var read = HessianAccumulator<Logit>.Read(new(Bytes(sum)));
            Assert.Equal((sum.FirstRow, sum.Rows, sum.SkippedRows, sum.HasIntercept),
                (read.FirstRow, read.Rows, read.SkippedRows, read.HasIntercept));
            Same(sum, read);
            sum.Add(p.Data.Slice(rows, 2000));
            read.Add(p.Data.Slice(rows, 2000));
            Same(sum, read);
            Assert.Equal(Bytes(sum), Bytes(read));
            read.Reset(new double[6]);
            Assert.Equal(0, read.Rows);
        }
    }

    [Fact]
    public void Parts_that_travelled_merge_to_the_bits_of_the_whole()
    {
        var p = new WeightedProblem(9, DoubleOracle.Model.Logistic, 9_000, 5);
        foreach (var isSingle in new[] { false, true })
        {
            var whole = Empty(p, isSingle, 0);
            whole.Add(p.Data);
            HessianAccumulator<Logit>? total = null;
            foreach (var (from, to) in new[] { (0, 3072), (3072, 4096), (4096, 9000) })
            {
                var part = Empty(p, isSingle, from);
                part.Add(p.Data.Slice(from, to - from));
                part = HessianAccumulator<Logit>.Read(new(Bytes(part)));
                if (total is null)
                    total = part;
                else
                    total.Merge(part);
            }

            Same(whole, total!);
        }
    }

    [Fact]
    public void Damaged_and_foreign_bytes_are_refused()
    {
        var p = new WeightedProblem(2, DoubleOracle.Model.Logistic, 1500, 2);
        var sum = Empty(p, isSingle: true, 0);
        sum.Add(p.Data);
        var bytes = Bytes(sum);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x40;
            Refused(damaged);
            Refused(bytes[..i]);
        }

        Refused([.. bytes, 0]);
        Assert.Contains("link", Assert.Throws<InvalidDataException>(() => HessianAccumulator<Log>.Read(new(bytes))).Message,
            StringComparison.Ordinal);
        Assert.Contains("KHA", Assert.Throws<InvalidDataException>(() => HessianAccumulator<Log>.Read(new(new byte[200]))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => sum.Write(null!));
        foreach (var (at, value, said) in new (int, byte, string)[]
        {
            (4, 99, "contract"), (9, 2, "contradicts"), (10, 3, "contradicts"), (11, 3, "contradicts"), (15, 255, "contradicts"),
            (16, 7, "contradicts"),
            (23, 255, "contradicts"), (31, 255, "contradicts"), (36, 255, "contradicts"), (25, 12, "asks for"), (12, 200, "asks for"),
        })
        {
            var wrong = (byte[])bytes.Clone();
            wrong[at] = value;
            Checksum.Seal(wrong);
            Assert.Contains(said, Assert.Throws<InvalidDataException>(() => HessianAccumulator<Logit>.Read(new(wrong))).Message,
                StringComparison.Ordinal);
        }

        static void Refused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => HessianAccumulator<Logit>.Read(new(bytes)));
    }

    private static HessianAccumulator<Logit> Empty(WeightedProblem p, bool isSingle, long first)
    {
        var centers = Enumerable.Range(0, p.P.Columns).Select(j => 0.125 * j).ToArray();
        return isSingle
            ? HessianAccumulator<Logit>.WithSingleProducts(p.P.Weights, centers, intercept: true, first)
            : new(Array.ConvertAll(p.P.Weights, w => (double)w), centers, intercept: true, first);
    }

    private static void Same(HessianAccumulator<Logit> expected, HessianAccumulator<Logit> actual)
    {
        var p = expected.Weights.Length;
        var (g, h) = (new double[p], new double[p * (p + 1) / 2]);
        var (g2, h2) = (new double[p], new double[h.Length]);
        Assert.Equal(expected.Evaluate(g, h), actual.Evaluate(g2, h2));
        Assert.Equal(g.Select(BitConverter.DoubleToInt64Bits), g2.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(h.Select(BitConverter.DoubleToInt64Bits), h2.Select(BitConverter.DoubleToInt64Bits));
    }

    private static byte[] Bytes(HessianAccumulator<Logit> sum)
    {
        var writer = new ArrayBufferWriter<byte>();
        sum.Write(writer);
        return writer.WrittenSpan.ToArray();
    }
}
