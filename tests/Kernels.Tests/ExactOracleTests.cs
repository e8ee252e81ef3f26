using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>
/// Data for which the right answer is known to the bit, on every shape n ∈ 0…70 × d ∈ 0…260, every width, with and
/// without intercept and gaps between rows.
/// </summary>
public class ExactOracleTests
{
    public static TheoryData<string> Engines => Engine.Names;

    // A small integer that depends on its place alone; never 0 in column 0, where it is odd.
    private static int Digit(int i, int j)
    {
        var mixed = unchecked((uint)((i * 0x9E3779B1) ^ (j * 0x85EBCA77L)));
        mixed = unchecked((mixed ^ (mixed >> 15)) * 0x2C1B3C6D);
        var digit = (int)((mixed ^ (mixed >> 13)) % 7) - 3;
        return j == 0 ? (2 * digit) + 1 : digit;
    }

    private static Problem Integers(int rows, int columns, bool intercept, int gap)
    {
        var problem = new Problem(rows, columns, intercept, gap).FillX((i, j) => Digit(i, j));
        for (var i = 0; i < rows; i++)
            problem.Y[i] = Digit(i, 1000) > 0 ? 1f : 0f;
        return problem;
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E1_zero_weights_give_half_and_an_exact_gradient(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            var p = Integers(rows, columns, intercept, gap);
            var what = Bits.Shape(name, rows, columns, intercept, gap);
            var expected = new float[p.Weights.Length];
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                    expected[j] += (0.5f - p.Y[i]) * Digit(i, j);
                if (intercept)
                    expected[^1] += 0.5f - p.Y[i];
            }

            var loss = engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
            Bits.Equal(expected, p.Gradient, what);
            Assert.Equal(rows * Math.Log(2), loss, rows * 1e-13);
            Bits.Equal(loss, engine.Loss<Logit>(p.X, p.Y, p.Weights), what);

            var means = new float[rows];
            engine.Predict<Logit>(p.X, p.Weights, means);
            Assert.True(means.All(m => m == 0.5f), what);
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E2_saturated_margins_give_integers(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            if (columns == 0)
                return;
            var p = Integers(rows, columns, intercept, gap);
            var what = Bits.Shape(name, rows, columns, intercept, gap);

            // z is 128 times an odd number: an odd column 0, and even weights elsewhere.
            for (var j = 0; j < p.Weights.Length; j++)
                p.Weights[j] = j == 0 ? 128f : 256f * (Digit(71, j) / 2);

            var expected = new float[p.Weights.Length];
            var margins = new float[rows];
            var means = new float[rows];
            double expectedLoss = 0;
            for (var i = 0; i < rows; i++)
            {
                var z = intercept ? (long)p.Weights[columns] : 0L;
                for (var j = 0; j < columns; j++)
                    z += (long)p.Weights[j] * Digit(i, j);
                Assert.True(Math.Abs(z) is >= 128 and < 1 << 24, what);
                margins[i] = z;
                means[i] = z > 0 ? 1f : 0f;
                var r = means[i] - p.Y[i];
                expectedLoss += r == 0 ? 0 : Math.Abs(z);
                for (var j = 0; j < columns; j++)
                    expected[j] += r * Digit(i, j);
                if (intercept)
                    expected[^1] += r;
            }

            var actual = new float[rows];
            engine.Predict<Identity>(p.X, p.Weights, actual);
            Bits.Equal(margins, actual, what + " margins");
            engine.Predict<Logit>(p.X, p.Weights, actual);
            Bits.Equal(means, actual, what + " means");

            // The rows on the right side add log(1 + e^−128) = 2.6e−56 each: σ(−128) is 0 in float.
            Bits.Equal(expectedLoss, engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient), what + " loss");
            for (var j = 0; j < expected.Length; j++)
            {
                if (p.Gradient[j] != expected[j])
                    Assert.Fail($"{what}: gradient[{j}] is {p.Gradient[j]}, not {expected[j]}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E3_one_hot_rows_give_the_mean_of_one_weight(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            if (columns == 0)
                return;

            // At most two rows a column: the sum of two floats does not depend on their order.
            rows = Math.Min(rows, 2 * columns);
            var p = new Problem(rows, columns, intercept, gap).FillX((i, j) => j == i % columns ? 1f : 0f);
            for (var j = 0; j < columns; j++)
                p.Weights[j] = (Digit(3, j) * 1.7f) + (Digit(5, j) * 0.013f);
            for (var i = 0; i < rows; i++)
                p.Y[i] = Digit(i, 1000) > 0 ? 1f : 0f;

            var expected = new float[columns];
            for (var i = 0; i < rows; i++)
            {
                // y = 0: r = σ(z). y = 1: r = −σ(−z), without cancellation.
                var z = p.Weights[i % columns];
                expected[i % columns] += p.Y[i] == 0 ? LogisticRegression.Predict([z], [1f]) : -LogisticRegression.Predict([z], [-1f]);
            }

            engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
            Bits.Equal(expected, p.Gradient.AsSpan(0, columns), Bits.Shape(name, rows, columns, intercept, gap));
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E4_dyadic_data_have_exact_margins(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            if (columns is 0 or > 64)
                return;
            var what = Bits.Shape(name, rows, columns, intercept, gap);
            var p = new Problem(rows, columns, intercept, gap).FillX((i, j) => ((Digit(i, j) * 140) + Digit(j, i)) / 64f);
            for (var j = 0; j < p.Weights.Length; j++)
                p.Weights[j] = ((Digit(72, j) * 120) + Digit(j, 72)) / 64f;

            var (margins, means) = (new float[rows], new float[rows]);
            for (var i = 0; i < rows; i++)
            {
                var z = intercept ? (long)(p.Weights[columns] * 64) * 64 : 0L;
                for (var j = 0; j < columns; j++)
                    z += (long)(p.Weights[j] * 64) * (long)(p[i, j] * 64);
                Assert.True(Math.Abs(z) < 1 << 24, what);
                margins[i] = z / 4096f;
                means[i] = LogisticRegression.Predict([margins[i]], [1f]);
            }

            var actual = new float[rows];
            engine.Predict<Identity>(p.X, p.Weights, actual);
            Bits.Equal(margins, actual, what);
            engine.Predict<Logit>(p.X, p.Weights, actual);
            Bits.Equal(means, actual, what);
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E5_powers_of_two_move_from_data_to_weights(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            const float Scale = 1 << 20;
            var what = Bits.Shape(name, rows, columns, intercept, gap);
            var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap);
            var scaled = new Problem(rows, columns, intercept, gap).FillX((i, j) => p[i, j] * Scale);
            p.Y.CopyTo(scaled.Y, 0);
            for (var j = 0; j < p.Weights.Length; j++)
                scaled.Weights[j] = j < columns ? p.Weights[j] / Scale : p.Weights[j];

            var loss = engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
            Bits.Equal(loss, engine.Gradient<Logit>(scaled.X, scaled.Y, scaled.Weights, scaled.Gradient), what);
            for (var j = 0; j < columns; j++)
                scaled.Gradient[j] /= Scale;
            Bits.Equal(p.Gradient, scaled.Gradient, what);
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E6_zero_columns_and_zero_rows_change_nothing(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            var what = Bits.Shape(name, rows, columns, intercept, gap);
            var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap);
            engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);

            foreach (var (moreRows, moreColumns) in new[] { (0, 1), (0, 16), (0, 37), (1, 0), (8, 0), (21, 0), (3, 3) })
            {
                if (intercept && moreRows > 0)
                    continue; // a zero row still has its one
                if (columns <= 256 && columns + moreColumns > 256)
                    continue; // longer rows are summed in another order
                var padded = new Problem(rows + moreRows, columns + moreColumns, intercept, gap)
                    .FillX((i, j) => i < rows && j < columns ? p[i, j] : 0f);
                p.Y.CopyTo(padded.Y, 0);
                padded.Weights.AsSpan(columns).Fill(3f);
                p.Weights.AsSpan(0, columns).CopyTo(padded.Weights);
                if (intercept)
                    padded.Weights[^1] = p.Weights[^1];
                engine.Gradient<Logit>(padded.X, padded.Y, padded.Weights, padded.Gradient);
                Bits.Equal(p.Gradient.AsSpan(0, columns), padded.Gradient.AsSpan(0, columns), what);
                Bits.Equal(new float[moreColumns], padded.Gradient.AsSpan(columns, moreColumns), what + " padding");
                if (intercept)
                    Bits.Equal(p.Gradient.AsSpan(columns), padded.Gradient.AsSpan(columns + moreColumns), what + " intercept");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E7_the_last_group_of_rows_is_added_to_the_others(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            if (rows == 0)
                return;
            var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap);
            var split = (rows - 1) / 4 * 4;
            var (head, last) = (new float[p.Weights.Length], new float[p.Weights.Length]);
            engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
            engine.Gradient<Logit>(p.X.Slice(0, split), p.Y.AsSpan(0, split), p.Weights, head);
            engine.Gradient<Logit>(p.X.Slice(split, rows - split), p.Y.AsSpan(split), p.Weights, last);
            for (var j = 0; j < head.Length; j++)
                head[j] += last[j];
            Bits.Equal(p.Gradient, head, Bits.Shape(name, rows, columns, intercept, gap));
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void E8_mirrored_data_give_the_mirrored_gradient(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            var what = Bits.Shape(name, rows, columns, intercept, gap);
            var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap);
            var loss = engine.Gradient<Logit>(p.X, p.Y, p.Weights, p.Gradient);
            var otherLabels = Array.ConvertAll(p.Y, y => 1f - y);

            // (X, 1 − y, −w) gives −g.
            var mirrored = new float[p.Weights.Length];
            var negative = Array.ConvertAll(p.Weights, w => -w);
            Bits.Equal(loss, engine.Gradient<Logit>(p.X, otherLabels, negative, mirrored), what);
            SameMagnitude(p.Gradient, mirrored, -1f, what);

            if (intercept)
                return;

            // (−X, 1 − y, w) gives g.
            var minus = new Problem(rows, columns, intercept, gap).FillX((i, j) => -p[i, j]);
            Bits.Equal(loss, engine.Gradient<Logit>(minus.X, otherLabels, p.Weights, mirrored), what);
            SameMagnitude(p.Gradient, mirrored, 1f, what);
        });

        // −0 equals +0 here: the mirror image of a sum that is exactly zero has the same sign as the sum.
        static void SameMagnitude(float[] expected, float[] actual, float sign, string what)
        {
            for (var j = 0; j < expected.Length; j++)
            {
                if (expected[j] != sign * actual[j])
                    Assert.Fail($"{what}: {actual[j]:R} against {expected[j]:R}");
            }
        }
    }
}
