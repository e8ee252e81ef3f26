using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>NaN in, NaN out: wherever it stands, no plausible number comes out and no step is taken.</summary>
public class NonFiniteTests
{
    public static TheoryData<string> Engines => Engine.Names;

    private static readonly float[] Bad = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_element_of_X_spoils_the_gradient_and_stops_the_step(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in new[] { (1, 1), (3, 5), (9, 17), (16, 16), (21, 35) })
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    foreach (var bad in Bad)
                    {
                        var p = Problem.Random(5, rows, columns, intercept: true);
                        p[i, j] = bad;
                        Spoils<Logit>(engine, p, j, $"{name} {rows}x{columns} X[{i},{j}] = {bad}");
                        Spoils<Identity>(engine, p, j, $"{name} {rows}x{columns} X[{i},{j}] = {bad}");
                        Spoils<Log>(engine, p, j, $"{name} {rows}x{columns} X[{i},{j}] = {bad}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_target_or_weight_spoils_every_component(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in new[] { (1, 1), (9, 17), (16, 16), (21, 35) })
        {
            foreach (var bad in Bad)
            {
                for (var i = 0; i < rows; i++)
                {
                    var p = Problem.Random(5, rows, columns, intercept: true);
                    p.Y[i] = bad;
                    SpoilsAll<Logit>(engine, p, $"{name} y[{i}] = {bad}");
                    SpoilsAll<Identity>(engine, p, $"{name} y[{i}] = {bad}");
                    SpoilsAll<Log>(engine, p, $"{name} y[{i}] = {bad}");
                }

                for (var j = 0; j <= columns; j++)
                {
                    var p = Problem.Random(5, rows, columns, intercept: true);
                    p.Weights[j] = bad;
                    SpoilsAll<Identity>(engine, p, $"{name} w[{j}] = {bad}");
                    if (float.IsNaN(bad))
                    {
                        SpoilsAll<Logit>(engine, p, $"{name} w[{j}] = {bad}");
                        SpoilsAll<Log>(engine, p, $"{name} w[{j}] = {bad}");
                    }

                    // An infinite weight saturates σ honestly (the gradient is finite and right), but no step may keep it.
                    NotApplied<Logit>(engine, p, $"{name} w[{j}] = {bad}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Predictions_of_NaN_rows_are_NaN_and_of_others_are_not(string name)
    {
        var engine = Engine.Get(name);
        var p = Problem.Random(5, 37, 19, intercept: true);
        for (var i = 0; i < 37; i++)
        {
            p[i, i % 19] = float.NaN;
            var means = new float[37];
            engine.Predict<Logit>(p.X, p.Weights, means);
            for (var k = 0; k < 37; k++)
                Assert.Equal(k <= i, float.IsNaN(means[k]));
        }
    }

    [Fact]
    public void Infinite_margins_saturate_exactly()
    {
        Assert.Equal(1f, LogisticRegression.Predict([float.PositiveInfinity], [1f]));
        Assert.Equal(0f, LogisticRegression.Predict([float.NegativeInfinity], [1f]));
        Assert.Equal(float.NaN, LogisticRegression.Predict([float.NaN], [1f]));
        Assert.Equal(0.5f, LogisticRegression.Predict([-0f], [1f]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_infinite_margin_costs_nothing_on_its_label_s_side(string name)
    {
        var engine = Engine.Get(name);
        foreach (var rows in new[] { 1, 7, 16, 64, 65, 1030 })
        {
            // x·w overflows; the other rows have the margin 0.
            Check<Logit>(3e38f, 2f, 1f, 0);
            Check<Logit>(3e38f, -2f, 0f, 0);
            Check<Logit>(3e38f, 2f, 0f, double.PositiveInfinity);
            Check<Logit>(3e38f, -2f, 0.5f, double.PositiveInfinity);
            Check<Log>(3e38f, -2f, 0f, 0);
            Check<Log>(3e38f, -2f, 3f, double.PositiveInfinity);
            Check<Log>(3e38f, 2f, 3f, double.PositiveInfinity);
            Check<Log>(3e38f, 2f, 0f, double.PositiveInfinity);
            Check<Identity>(3e38f, 2f, 0f, double.PositiveInfinity);

            void Check<TLink>(float x, float w, float y, double loss)
                where TLink : struct, ILink
            {
                var (values, targets, weights) = (new float[rows], new float[rows], new float[rows]);
                (values[rows / 2], targets[rows / 2]) = (x, y);
                Array.Fill(weights, 2f);
                var others = typeof(TLink) == typeof(Logit) ? Math.Log(2) : typeof(TLink) == typeof(Log) ? 1 : 0;
                var expected = loss + ((rows - 1) * others);
                var matrix = new DesignMatrix(values, 1);
                var what = $"{name} {typeof(TLink).Name} {rows} rows, margin {x * w}, y {y}";
                Same(expected, engine.Loss<TLink>(matrix, targets, [w]));
                Same(expected, engine.Gradient<TLink>(matrix, targets, [w], new float[1]));
                Same(2 * expected, engine.Loss<TLink>(new Observations(matrix, targets) { SampleWeights = weights }, [w]).Loss);
                var margins = Array.ConvertAll(values, value => value * w);
                Same(expected, Glm<TLink>.LossAlong(margins, new float[rows], targets, 1f).Loss);
                Same(2 * expected, Glm<TLink>.LossAlong(margins, new float[rows], targets, 1f, weights).Loss);
                var sum = new GradientAccumulator<TLink>([w]);
                sum.Add(matrix, targets);
                Same(expected, sum.Loss());

                // NaN is never mistaken for such a margin.
                values[rows / 2] = float.NaN;
                Assert.True(double.IsNaN(engine.Loss<TLink>(new DesignMatrix(values, 1), targets, [w])), what);

                void Same(double wanted, double got) =>
                    Assert.True(wanted.Equals(got) || Math.Abs(wanted - got) <= 1e-6 * wanted, $"{what}: {got}, not {wanted}");
            }
        }
    }

    [Fact]
    public void A_step_that_would_overflow_a_weight_is_not_applied()
    {
        float[] weights = [3e38f, 1f];
        var result = LinearRegression.Step(new DesignMatrix([1e-3f, 0f], 2), [6e36f], weights, learningRate: 1e6f);
        Assert.False(result.Applied);
        Assert.Equal([3e38f, 1f], weights);
    }

    private static void Spoils<TLink>(Engine engine, Problem p, int column, string what)
        where TLink : struct, ILink
    {
        engine.Gradient<TLink>(p.X, p.Y, p.Weights, p.Gradient);
        Assert.False(float.IsFinite(p.Gradient[column]), what);
        NotApplied<TLink>(engine, p, what);
    }

    private static void SpoilsAll<TLink>(Engine engine, Problem p, string what)
        where TLink : struct, ILink
    {
        var loss = engine.Gradient<TLink>(p.X, p.Y, p.Weights, p.Gradient);
        Assert.False(double.IsFinite(loss), what);
        Assert.All(p.Gradient, g => Assert.False(float.IsFinite(g), what));
        NotApplied<TLink>(engine, p, what);
    }

    private static void NotApplied<TLink>(Engine engine, Problem p, string what)
        where TLink : struct, ILink
    {
        float[] weights = [.. p.Weights];
        Assert.False(engine.Step<TLink>(p.X, p.Y, weights, 0.1f).Applied, what);
        Bits.Equal(p.Weights, weights, what);
    }
}
