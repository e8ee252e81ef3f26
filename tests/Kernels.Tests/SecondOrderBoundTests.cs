using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>Gradient and Hessian in float64 and with float32 products against 320-bit arithmetic: never further off than their bounds
/// say.</summary>
public class SecondOrderBoundTests(ITestOutputHelper output)
{
    private static readonly (int Rows, int Columns)[] Shapes = [(0, 2), (1, 1), (7, 3), (64, 5), (65, 17), (300, 9), (1024, 2), (2600, 3)];

    public static TheoryData<string> Engines => Engine.Names;

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_bounds_hold_on_difficult_data(string name)
    {
        var engine = Engine.Get(name);
        var worst = new double[2];
        foreach (var (rows, columns) in Shapes)
        {
            foreach (var kind in new[] { "uniform", "cancelling", "large" })
            {
                Check<Logit>(Model.Logistic);
                Check<Identity>(Model.Linear);
                Check<Log>(Model.Poisson);

                void Check<TLink>(Model model)
                    where TLink : struct, ILink
                {
                    if (Grid.IsThinned && rows > 300)
                        return;
                    var p = new WeightedProblem((ulong)((rows * 9) + columns), model, rows, columns, intercept: true, 1f);
                    var random = new SplitMix((ulong)rows);
                    for (var i = 0; i < rows; i++)
                    {
                        for (var j = 0; j < columns; j++)
                            p.P[i, j] = kind switch
                            {
                                "uniform" =>
                                    random.PlusMinusOne(),
                                "cancelling" => 1000 + random.PlusMinusOne(),
                                _ => 5 * random.PlusMinusOne(),
                            };
                    }

                    double[] centers = [.. Enumerable.Range(0, columns).Select(j => kind == "cancelling" ? 1000.1 : 0.1 * j)];
                    var w = Array.ConvertAll(p.P.Weights, value => value * 1.000000321);
                    worst[0] = Math.Max(worst[0],
                        Compare<TLink>(engine, model, p.Data, w, centers, $"{name} {model} {kind} {rows}x{columns}"));
                    worst[1] = Math.Max(worst[1], CompareSingle<TLink>(engine, model, p.Data, p.P.Weights, centers,
                        $"{name} {model} {kind} {rows}x{columns} single"));
                }
            }
        }

        // Bounds of the worst case, but not a hundred times too large: some element comes near.
        output.WriteLine($"{name}: largest part of the bound {worst[0]:F3}, with float32 products {worst[1]:F3}");
        Assert.All(worst, ratio => Assert.InRange(ratio, 0.02, 1));
    }

    [Fact]
    public void Rows_without_weight_or_with_NaN_count_for_nothing_and_wrong_lengths_are_refused()
    {
        var p = new WeightedProblem(3, Model.Logistic, 50, 4, intercept: true, 1f);
        var w = Widen(p.P.Weights);
        var (g, h, g2, h2) = (new double[5], new double[15], new double[5], new double[15]);
        p.P[7, 1] = float.NaN;
        float[] s = [.. Enumerable.Repeat(1f, 50)];
        LogisticRegression.HessianErrorBound(new(p.P.X, p.P.Y) { RowsWithNaN = RowsWithNaN.Skip }, w, g, h);
        s[7] = 0;
        LogisticRegression.HessianErrorBound(new(p.P.X, p.P.Y) { SampleWeights = s }, w, g2, h2);
        Assert.Equal(g, g2);
        Assert.Equal(h, h2);
        LogisticRegression.HessianErrorBound(new(p.P.X, p.P.Y), w, g, h);
        Assert.True(double.IsNaN(g[0]) && double.IsNaN(h[0]));
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.HessianErrorBound(p.Data, w.AsSpan(1), g, h)).ParamName);
        Assert.Equal("hessian", Assert.Throws<ArgumentException>(() =>
            LogisticRegression.HessianSingleErrorBound(p.Data, p.P.Weights, g, h.AsSpan(1))).ParamName);
        Assert.Equal("centers",
            Assert.Throws<ArgumentException>(() => LogisticRegression.HessianErrorBound(p.Data, w, g, h, new double[3])).ParamName);
        Assert.Throws<ArgumentException>(() => LogisticRegression.HessianErrorBound(p.Data, w, w, h));
    }

    private static double Compare<TLink>(Engine engine, Model model, in Observations data, double[] weights, double[] centers, string what)
        where TLink : struct, ILink
    {
        var p = weights.Length;
        var (gradient, hessian) = (new double[p], new double[p * (p + 1) / 2]);
        var (gradientBound, hessianBound) = (new double[p], new double[p * (p + 1) / 2]);
        engine.Hessian<TLink>(data, weights, gradient, hessian, centers);
        Glm<TLink>.HessianErrorBound(data, weights, gradientBound, hessianBound, centers);
        return Worst(Exact(model, data, weights, centers), gradient, hessian, gradientBound, hessianBound, what);
    }

    private static double CompareSingle<TLink>(Engine engine, Model model, in Observations data, float[] weights, double[] centers,
        string what)
        where TLink : struct, ILink
    {
        var p = weights.Length;
        var (gradient, hessian) = (new double[p], new double[p * (p + 1) / 2]);
        var (gradientBound, hessianBound) = (new double[p], new double[p * (p + 1) / 2]);
        engine.HessianSingle<TLink>(data, weights, gradient, hessian, centers);
        Glm<TLink>.HessianSingleErrorBound(data, weights, gradientBound, hessianBound, centers);
        return Worst(Exact(model, data, Widen(weights), centers), gradient, hessian, gradientBound, hessianBound, what);
    }

    private static double Worst(
        (FixedPoint[] Gradient, FixedPoint[] Hessian) exact, double[] gradient, double[] hessian, double[] gradientBound,
        double[] hessianBound, string what)
    {
        var worst = 0.0;
        for (var j = 0; j < gradient.Length; j++)
            One(exact.Gradient[j], gradient[j], gradientBound[j], $"{what}: gradient {j}");
        for (var j = 0; j < hessian.Length; j++)
            One(exact.Hessian[j], hessian[j], hessianBound[j], $"{what}: element {j}");
        return worst;

        void One(FixedPoint right, double actual, double bound, string which)
        {
            var error = Math.Abs((double)(right - actual));
            Assert.True(error <= bound, $"{which} is off by {error:E3}, bound {bound:E3}");
            worst = Math.Max(worst, error / Math.Max(bound, 1e-300));
        }
    }

    private static (FixedPoint[] Gradient, FixedPoint[] Hessian) Exact(Model model, in Observations data, double[] weights,
        double[] centers)
    {
        var p = weights.Length;
        var (gradient, hessian, v) = (new FixedPoint[p], new FixedPoint[p * (p + 1) / 2], new FixedPoint[p]);
        for (var i = 0; i < data.X.Rows; i++)
        {
            var row = data.X.Row(i);
            FixedPoint z = data.Offset.IsEmpty ? 0 : data.Offset[i];
            for (var j = 0; j < p; j++)
            {
                v[j] = j < row.Length ? (FixedPoint)row[j] - centers[j] : FixedPoint.One;
                z += v[j] * weights[j];
            }

            var e = FixedPoint.Exp(model == Model.Logistic ? new FixedPoint(-z.Units) : z);
            var mean = model switch { Model.Logistic => FixedPoint.One / (FixedPoint.One + e), Model.Linear => z, _ => e };
            var slope = model switch { Model.Logistic => mean * (FixedPoint.One - mean), Model.Linear => FixedPoint.One, _ => e };
            FixedPoint s = data.SampleWeights.IsEmpty ? 1 : data.SampleWeights[i];
            for (var j = 0; j < p; j++)
            {
                gradient[j] += s * (mean - data.Targets[i]) * v[j];
                for (var k = 0; k <= j; k++)
                    hessian[(j * (j + 1) / 2) + k] += s * slope * v[j] * v[k];
            }
        }

        return (gradient, hessian);
    }
}
