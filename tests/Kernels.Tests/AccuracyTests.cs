using System.Globalization;
using Kernels.Exhaustive;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>
/// The bounds of ACCURACY.md on every 127th float and around every boundary, on every width; all floats are the
/// business of tests/Kernels.Exhaustive.
/// </summary>
public class AccuracyTests
{
    public static TheoryData<string> Functions => new(ElementwiseFunction.All.Select(f => f.Name));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_127th_float_is_within_the_bound_on_every_width(string name)
    {
        var function = ElementwiseFunction.All.Single(f => f.Name == name);
        Width[] widths = [.. Width.All.Where(w => w.IsSupported)];
        var stride = Grid.IsThinned ? 127 * 61 : 127;
        const int Parts = 64;
        var perPart = FloatOrder.Count / Parts;
        var total = new SweepResult();
        Parallel.For(0, Parts, part =>
        {
            var first = ((part * perPart) + stride - 1) / stride * stride;
            var result = Sweep.Run(function, widths, first, (((part + 1) * perPart) - first + stride - 1) / stride, stride);
            lock (total)
                total.Merge(result);
        });
        Assert.Equal((FloatOrder.Count + stride - 1) / stride, total.Inputs);
        Assert.Empty(total.Violations(function));
        Assert.True(total.Worst > 0.5);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_float_around_a_boundary_is_within_the_bound(string name)
    {
        var function = ElementwiseFunction.All.Single(f => f.Name == name);
        Width[] widths = [.. Width.All.Where(w => w.IsSupported)];
        var centres = new List<float>
        {
            0f, float.Epsilon, 1.17549435e-38f, 1.17549421e-38f, 5.9604645e-8f, 1.1920929e-7f, 17.328680f, 16.635532f,
            87.3365402f, 87.3365479f, 88.02969f, 88.72284f, 89f, 103.27893f, 103.97208f, 104f, 120f, 708f, 709f, 745.2f, float.MaxValue,
            float.PositiveInfinity,
        };
        for (var k = 1; k < 300; k++)
            centres.Add((float)(k * Math.Log(2) / 2)); // where the reduction changes n, and its middle
        for (var e = -40; e < 8; e++)
            centres.Add(MathF.ScaleB(1f, e));

        const int Around = 300;
        foreach (var centre in centres.SelectMany(c => new[] { c, -c }))
        {
            var first = Math.Clamp(FloatOrder.KeyOf(centre) - (long)Around, 0, FloatOrder.Count - (2 * Around));
            Assert.Empty(Sweep.Run(function, widths, first, 2 * Around).Violations(function));
        }
    }

    [Fact]
    public void The_checks_see_a_wrong_value()
    {
        Assert.Equal(0.5, Sweep.ErrorInUlp(1f, 1 + Math.ScaleB(1, -24)), 1e-9);
        Assert.Equal(1.0, Sweep.ErrorInUlp(float.Epsilon, 0), 1e-9);
        Assert.Equal(2.0, Sweep.ErrorInUlp(0.5f - MathF.ScaleB(1f, -24), 0.5 - Math.ScaleB(1, -50)), 1e-6);
        Assert.Equal(double.PositiveInfinity, Sweep.ErrorInUlp(float.PositiveInfinity, float.MaxValue));
        Assert.Equal(0, Sweep.ErrorInUlp(float.PositiveInfinity, 2.0 * float.MaxValue));

        // A function that is one ulp off, one that descends, one that makes a number of NaN.
        Width[] widths = [Width.All[0]];
        var sigmoid = ElementwiseFunction.All[0];
        var key = FloatOrder.KeyOf(1f);
        Assert.NotEmpty(Sweep.Run(sigmoid with { Bound = 0.5 }, widths, key, 1 << 16).Violations(sigmoid with { Bound = 0.5 }));
        Assert.NotEmpty(Sweep.Run(sigmoid with { Exact = x => Reference.Sigmoid(x) * (1 + 1.2e-7) }, widths, key, 1000)
            .Violations(sigmoid));
        Assert.NotEmpty(Sweep.Run(sigmoid with { Largest = 0.9f }, widths, FloatOrder.KeyOf(3f), 10).Violations(sigmoid));
        var result = new SweepResult { Descents = 1, NaNSwallowed = 1, NotReflected = 1, WidthMismatches = 1 };
        Assert.Equal(4, result.Violations(sigmoid).Count());
    }

    [Fact]
    public void The_reference_agrees_with_decimal_arithmetic()
    {
        var random = new SplitMix(31);
        for (var i = 0; i < 2000; i++)
        {
            var x = (double)(float)((random.Unit() - 0.5) * 40);
            var e = DecimalExp(ToDecimal(x));

            // 28 digits, fewer of them significant for small values.
            Close((double)e, Reference.Exp(x), x);
            Close((double)(e / (1 + e)), Reference.Sigmoid(x), x); // |x| ≤ 20: far from the flush

            // softplus(x) = s: e^s = 1 + e^x, so s ≈ exact to first order in the double's error.
            var s = Reference.Softplus(x);
            var error = (double)((DecimalExp(ToDecimal(s)) / (1 + e)) - 1);
            Assert.True(Math.Abs(error) <= (Math.ScaleB(1, -50) * s) + 1e-24, $"softplus({x:R}): {error:E2}");
        }

        static void Close(double exact, double reference, double x) =>
            Assert.True(Math.Abs(reference - exact) <= Math.ScaleB(1, -50) * exact, $"{x:R}: {reference:R}, not {exact:R}");
    }

    [Fact]
    public void The_committed_table_keeps_the_bounds_that_are_asserted_here()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "src", "Kernels", "Contract", "ACCURACY.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 10)
            .ToList();
        foreach (var function in ElementwiseFunction.All)
        {
            var cells = rows.Single(row => row[1] == function.Name);
            Assert.Equal("4,294,967,296", cells[2]);
            Assert.Equal(function.Bound, double.Parse(cells[3], CultureInfo.InvariantCulture));
            Assert.InRange(double.Parse(cells[4], CultureInfo.InvariantCulture), 0.5, function.Bound);
            Assert.Equal(["0", "0"], cells[8..10]);
            if (function.IsMonotone)
                Assert.Equal("0", cells[7]);
            if (function.IsReflected)
                Assert.Equal("0", cells[10]);
        }
    }

    // All digits of the double; the cast would round to fifteen.
    private static decimal ToDecimal(double value)
    {
        var exponent = 52 - Math.ILogB(value);
        var result = (decimal)(long)Math.ScaleB(value, exponent);
        for (; exponent > 0; exponent--)
            result /= 2;
        return result;
    }

    // Taylor's series of the fraction times a power of e, in 28 digits.
    private static decimal DecimalExp(decimal x)
    {
        // e^x = 1/e^−x for negative x keeps the digits significant.
        if (x < 0)
            return 1 / DecimalExp(-x);
        var n = (int)decimal.Floor(x);
        var (t, term, sum) = (x - n, 1m, 1m);
        for (var k = 1; k < 30; k++)
        {
            term *= t / k;
            sum += term;
        }

        const decimal E = 2.7182818284590452353602874714m;
        for (; n > 0; n--)
            sum *= E;
        return sum;
    }
}
