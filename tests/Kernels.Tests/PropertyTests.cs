using FsCheck.Xunit;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>Properties of the mathematics, on random problems that shrink.</summary>
public class PropertyTests
{
    private const int Cases = 1000;

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void The_gradient_is_the_finite_difference_of_a_double_loss(Case c)
    {
        var bound = ErrorBound.Of(Model.Logistic, c.Matrix, c.Y, c.W);
        var gradient = Gradient(c, c.W);
        var w = Widen(c.W);
        for (var j = 0; j < w.Length; j++)
        {
            const double H = 1e-3;
            var (middle, size) = (w[j], 0.0);
            w[j] = middle + H;
            var above = DoubleOracle.Loss(Model.Logistic, c.Matrix, c.Y, w);
            w[j] = middle - H;
            var below = DoubleOracle.Loss(Model.Logistic, c.Matrix, c.Y, w);
            w[j] = middle;
            for (var i = 0; i < c.Rows; i++)
                size += Math.Abs(Element(c, i, j));
            var difference = (above - below) / (2 * H);

            // Central difference: h²/6 · |x|³ · sup|μ″| and less; rtol 1e-4 of the column's size.
            var tolerance = (1e-4 * Math.Max(Math.Abs(difference), 0.01 * size)) + bound.Guarantee[j];
            Assert.True(Math.Abs(gradient[j] - difference) <= tolerance, $"column {j}: {gradient[j]:R} against {difference:R}");
        }
    }

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void The_gradient_is_monotone(Case c)
    {
        // J is convex: (∇J(w) − ∇J(v))ᵀ(w − v) ≥ 0.
        var (a, b) = (Gradient(c, c.W), Gradient(c, c.V));
        var (boundA, boundB) = (ErrorBound.Of(Model.Logistic, c.Matrix, c.Y, c.W), ErrorBound.Of(Model.Logistic, c.Matrix, c.Y, c.V));
        var (product, slack) = (0.0, 1e-30);
        for (var j = 0; j < a.Length; j++)
        {
            var difference = (double)c.W[j] - c.V[j];
            product += ((double)a[j] - b[j]) * difference;
            slack += (boundA.Guarantee[j] + boundB.Guarantee[j]) * Math.Abs(difference);
        }

        Assert.True(product >= -slack, $"{product:R} below −{slack:R}");
    }

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void A_step_obeys_the_descent_lemma(Case c)
    {
        // f(w − αg) ≤ f(w) − α/2·‖g‖² for α ≤ 1/L, L = ¼‖X‖²_F.
        var lipschitz = 0.25 * (c.X.Sum(x => (double)x * x) + (c.Intercept ? c.Rows : 0)) + 1e-6;
        var rate = (float)(0.99 / lipschitz);
        var bound = ErrorBound.Of(Model.Logistic, c.Matrix, c.Y, c.W);
        float[] after = [.. c.W];
        var result = LogisticRegression.Step(c.Matrix, c.Y, after, rate);
        Assert.True(result.Applied);

        var (norm, slack) = (0.0, 1e-12 * (1 + result.Loss));
        for (var j = 0; j < after.Length; j++)
        {
            norm += bound.Exact[j] * bound.Exact[j];

            // Rounding moves the new weight by half an ulp and by α times the gradient's error.
            var moved = (Math.Abs(after[j]) * 6e-8) + (rate * bound.Guarantee[j]) + 1e-40;
            slack += moved * (2 * Math.Abs(bound.Exact[j])) + (lipschitz * moved * moved);
        }

        var before = DoubleOracle.Loss(Model.Logistic, c.Matrix, c.Y, Widen(c.W));
        var now = DoubleOracle.Loss(Model.Logistic, c.Matrix, c.Y, Widen(after));
        Assert.True(now <= before - (0.5 * rate * norm) + slack, $"{before:R} to {now:R}, ‖g‖² = {norm:R}, α = {rate}");
        Assert.Equal(before, result.Loss, 1e-5 * (1 + before));
    }

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void The_order_of_the_rows_matters_within_the_bound_only(Case c) =>
        Close(c, c.WithRows(Shuffled(c.Rows)), [.. Enumerable.Range(0, c.W.Length)], 1f);

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void The_order_of_the_columns_matters_within_the_bound_only(Case c)
    {
        var order = Shuffled(c.Columns);
        Close(c, c.WithColumns(order), [.. order, .. Enumerable.Range(c.Columns, c.W.Length - c.Columns)], 1f);
    }

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void Every_row_twice_gives_twice_the_gradient(Case c) =>
        Close(c, c.WithRows([.. Enumerable.Range(0, c.Rows), .. Enumerable.Range(0, c.Rows)]), [.. Enumerable.Range(0, c.W.Length)], 2f);

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void The_parts_add_up_to_the_whole(Case c, byte cut)
    {
        var split = cut % (c.Rows + 1);
        var bound = ErrorBound.Of(Model.Logistic, c.Matrix, c.Y, c.W);
        var whole = Gradient(c, c.W);
        var head = Gradient(c.WithRows([.. Enumerable.Range(0, split)]), c.W);
        var tail = Gradient(c.WithRows([.. Enumerable.Range(split, c.Rows - split)]), c.W);
        for (var j = 0; j < whole.Length; j++)
            Assert.True(Math.Abs((double)head[j] + tail[j] - whole[j]) <= (2 * bound.Guarantee[j]) + 1e-30,
                $"column {j}: {head[j]} + {tail[j]} against {whole[j]}");
    }

    [Property(Arbitrary = [typeof(Case.Arbitraries)], MaxTest = Cases)]
    public void Every_width_gives_the_same_bits(Case c)
    {
        var expected = Gradient(c, c.W);
        foreach (var engine in Engine.Supported)
        {
            var actual = new float[expected.Length];
            engine.Gradient<Links.Logit>(c.Matrix, c.Y, c.W, actual);
            Bits.Equal(expected, actual, engine.Name);
        }
    }

    // g(other)[j] = factor · g(c)[columns[j]], within both bounds.
    private static void Close(Case c, Case other, int[] columns, float factor)
    {
        var (a, b) = (Gradient(c, c.W), Gradient(other, other.W));
        var (boundA, boundB) =
            (ErrorBound.Of(Model.Logistic, c.Matrix, c.Y, c.W), ErrorBound.Of(Model.Logistic, other.Matrix, other.Y, other.W));
        for (var j = 0; j < a.Length; j++)
        {
            var k = columns[j];
            var tolerance = (factor * boundA.Guarantee[k]) + boundB.Guarantee[j] + 1e-30;
            Assert.True(Math.Abs(b[j] - ((double)factor * a[k])) <= tolerance, $"column {j}: {b[j]:R} against {factor} · {a[k]:R}");
        }
    }

    private static float[] Gradient(Case c, float[] w)
    {
        var gradient = new float[w.Length];
        LogisticRegression.Gradient(c.Matrix, c.Y, w, gradient);
        return gradient;
    }

    private static double Element(Case c, int i, int j) => j < c.Columns ? c.X[(i * c.Columns) + j] : 1;

    private static int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(count).Shuffle(order);
        return order;
    }
}
