using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>No entry touches memory outside its spans: each lies against a page that must not be touched, first on one side, then on the
/// other.</summary>
/// <remarks>A stray access ends the process, and with it this run; there is no softer way to see one.</remarks>
public class GuardPageTests
{
    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var engine in new[] { "Vector512", "Vector256", "Vector128", "Scalar" })
            {
                cases.Add(engine, true);
                cases.Add(engine, false);
            }

            return cases;
        }
    }

    /// <summary>The kernel is asked to read, and refuses where a load would end the process.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_guard_is_one(bool atEnd)
    {
        Assert.SkipUnless(GuardedFloats.IsSupported, "mmap is Linux's");
        foreach (var length in new[] { 1, 16, 1023, 1024, 5000 })
        {
            using var floats = new GuardedFloats(new float[length], atEnd);
            Assert.True(floats.CanBeRead(0, length * sizeof(float)));
            Assert.False(floats.CanBeRead(atEnd ? length * sizeof(float) : -1, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_pass_stays_inside_its_spans(string name, bool atEnd)
    {
        Assert.SkipUnless(GuardedFloats.IsSupported, "mmap is Linux's");
        var engine = Engine.Get(name);
        foreach (var rows in new[] { 1, 2, 3, 4, 5, 8, 15, 16, 17, 33, 129 })
        {
            foreach (var columns in new[] { 1, 3, 4, 15, 16, 17, 31, 48, 63, 64, 65, 100, 255, 257, 300, 321 })
            {
                var p = new WeightedProblem((ulong)(rows + columns), DoubleOracle.Model.Logistic, rows, columns,
                    intercept: columns % 2 == 0);
                var values = Enumerable.Range(0, rows).SelectMany(i => p.P.X.Row(i).ToArray()).ToArray();
                using var x = new GuardedFloats(values, atEnd);
                using var y = new GuardedFloats(p.P.Y, atEnd);
                using var s = new GuardedFloats(p.SampleWeights, atEnd);
                using var o = new GuardedFloats(p.Offset, atEnd);
                using var w = new GuardedFloats(p.P.Weights, atEnd);
                using var v = new GuardedFloats(p.Direction, atEnd);
                using var g = new GuardedFloats(p.P.Weights, atEnd);
                using var z = new GuardedFloats(p.P.Y, atEnd);
                var matrix = new DesignMatrix(x.Span, rows, columns, columns, p.P.HasIntercept);
                var expected = new float[p.P.Weights.Length];
                engine.Gradient<Logit>(p.P.X, p.P.Y, p.P.Weights, expected);
                engine.Gradient<Logit>(matrix, y.Span, w.Span, g.Span);
                Bits.Equal(expected, g.Span, $"{name} {rows}x{columns}");
                engine.GradientOnly<Logit>(matrix, y.Span, w.Span, g.Span);
                engine.Predict<Logit>(matrix, w.Span, z.Span);

                var plain = new Observations(matrix, y.Span) { SampleWeights = s.Span, Offset = o.Span };
                engine.Gradient<Logit>(p.Data, p.P.Weights, expected);
                engine.Gradient<Logit>(plain, w.Span, g.Span);
                Bits.Equal(expected, g.Span, $"{name} {rows}x{columns} weighted");

                // NaN sends every block through the rows one by one.
                x.Span[columns / 2] = float.NaN;
                var data = new Observations(matrix, y.Span) { SampleWeights = s.Span, Offset = o.Span, RowsWithNaN = RowsWithNaN.Skip };
                engine.Gradient<Logit>(data, w.Span, g.Span);
                engine.HessianProduct<Logit>(data, w.Span, v.Span, g.Span);
                engine.HessianDiagonal<Logit>(data, w.Span, g.Span);
                engine.Step<Logit>(data, w.Span, 0.001f, Reduction.Mean, 0.1f);
            }
        }
    }

    [Theory]
    [InlineData(700, 32)]
    [InlineData(350, 64)]
    [InlineData(9_001, 30)]
    [InlineData(210, 100)]
    [InlineData(1_100, 250)]
    [InlineData(103, 500)]
    [InlineData(1_001, 300)]
    [InlineData(300, 1_000)]
    [InlineData(140_001, 30)]
    [InlineData(33_000, 129)]
    [InlineData(14_000, 300)]
    [InlineData(4_203, 999)]
    [InlineData(3_803, 1_104)]
    public void So_does_a_pass_over_larger_data_with_the_same_bits_on_every_width(int rows, int columns)
    {
        Assert.SkipUnless(GuardedFloats.IsSupported, "mmap is Linux's");
        Assert.SkipWhen(Grid.IsThinned, "a fused multiply-add is a call here");
        var p = Problem.Random((ulong)columns, rows, columns, scale: 1f / MathF.Sqrt(columns));
        var values = Enumerable.Range(0, rows).SelectMany(i => p.X.Row(i).ToArray()).ToArray();
        float[]? expected = null;
        foreach (var atEnd in new[] { true, false })
        {
            using var x = new GuardedFloats(values, atEnd);
            using var y = new GuardedFloats(p.Y, atEnd);
            using var w = new GuardedFloats(p.Weights, atEnd);
            using var g = new GuardedFloats(p.Gradient, atEnd);
            var matrix = new DesignMatrix(x.Span, columns);
            foreach (var engine in Engine.Supported)
            {
                engine.Gradient<Logit>(matrix, y.Span, w.Span, g.Span);
                expected ??= g.Span.ToArray();
                Bits.Equal(expected, g.Span, $"{engine} {rows}x{columns}");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Accumulators_and_lines_stay_inside_their_spans(bool atEnd)
    {
        Assert.SkipUnless(GuardedFloats.IsSupported, "mmap is Linux's");
        var p = new WeightedProblem(7, DoubleOracle.Model.Logistic, 1100, 5);
        foreach (var cut in new[] { 1, 3, 5, 7, 16, 19, 130 })
        {
            var sum = new GradientAccumulator<Logit>(p.P.Weights, intercept: true);
            for (var row = 0; row < p.P.Rows; row += cut)
            {
                var rows = Math.Min(cut, p.P.Rows - row);
                using var x = new GuardedFloats(Enumerable.Range(row, rows).SelectMany(i => p.P.X.Row(i).ToArray()).ToArray(), atEnd);
                using var y = new GuardedFloats(p.P.Y.AsSpan(row, rows), atEnd);
                using var s = new GuardedFloats(p.SampleWeights.AsSpan(row, rows), atEnd);
                using var o = new GuardedFloats(p.Offset.AsSpan(row, rows), atEnd);
                sum.Add(new Observations(new DesignMatrix(x.Span, 5, intercept: true), y.Span) { SampleWeights = s.Span, Offset = o.Span });
                LogisticRegression.LossAlong(o.Span, s.Span, y.Span, 0.5f, s.Span);
                LogisticRegression.Margin(new DesignMatrix(x.Span, 5, intercept: true), p.P.Weights, o.Span, s.Span);
            }

            var (expected, actual) = (new float[6], new float[6]);
            Assert.Equal(LogisticRegression.Gradient(p.Data, p.P.Weights, expected), sum.Gradient(actual));
            Bits.Equal(expected, actual, $"cut {cut}");
        }
    }
}
