using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>Sample weights, offsets, rows that contain NaN.</summary>
public class ObservationsTests
{
    public static TheoryData<string> Engines => Engine.Names;

    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 1, 40 }, { 3, 5 }, { 7, 33 }, { 16, 16 }, { 100, 13 }, { 37, 70 }, { 33, 300 }, { 9, 4200 }, { 1024, 7 }, { 1025, 20 },
        { 2500, 37 }, { 3100, 120 },
    };

    [Theory]
    [MemberData(nameof(Engines))]
    public void Weighted_sums_are_those_of_plain_double_loops(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in Shapes.Select(row => row.Data))
        {
            Check<Logit>(Model.Logistic);
            Check<Identity>(Model.Linear);
            Check<Log>(Model.Poisson);

            void Check<TLink>(Model model)
                where TLink : struct, ILink
            {
                if (Grid.IsThinned && (long)rows * columns > 40_000)
                    return;
                var p = new WeightedProblem((ulong)((rows * 7) + columns), model, rows, columns, intercept: rows % 2 == 0,
                    1f / MathF.Sqrt(columns));
                var (gradient, bound) = (new float[p.P.Weights.Length], new double[p.P.Weights.Length]);
                foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
                {
                    var what = $"{name} {model} {rows}x{columns} {reduction}";
                    var result = engine.Gradient<TLink>(p.Data, p.P.Weights, gradient, reduction);
                    var divisor = reduction == Reduction.Mean && p.TotalWeight != 0 ? p.TotalWeight : 1;
                    var exact = p.Gradient();
                    Glm<TLink>.GradientErrorBound(p.Data, p.P.Weights, bound, reduction);
                    for (var j = 0; j < exact.Length; j++)
                        Assert.True(Math.Abs(gradient[j] - (exact[j] / divisor)) <= bound[j],
                            $"{what}: gradient[{j}] is {gradient[j]:R}, exactly {exact[j] / divisor:R}, bound {bound[j]:E2}");
                    Assert.Equal(p.TotalWeight, result.TotalWeight, 1e-9 * p.TotalWeight);
                    Assert.Equal(0, result.SkippedRows);
                    var loss = p.Loss() / divisor;
                    Assert.InRange(result.Loss, loss - (2e-5 * (1 + Math.Abs(loss))), loss + (2e-5 * (1 + Math.Abs(loss))));
                    Assert.Equal(result, engine.Loss<TLink>(p.Data, p.P.Weights, reduction));
                }
            }
        }
    }

    [Fact]
    public void The_bound_is_no_larger_than_the_rounding_errors_can_be()
    {
        // A bound that is ∞ would pass everything: here all errors are some 1e-5 of the sum of magnitudes.
        var p = new WeightedProblem(3, Model.Logistic, 2000, 20);
        var bound = new double[21];
        LogisticRegression.GradientErrorBound(p.Data, p.P.Weights, bound);
        Assert.All(bound, b => Assert.InRange(b, 1e-6, 0.2));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Weights_of_one_change_no_bit_of_the_gradient_and_powers_of_two_scale_it(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in Shapes.Select(row => row.Data)
            .Where(shape => !Grid.IsThinned || shape.Item1 * shape.Item2 < 40_000))
        {
            var p = Problem.Random((ulong)rows, rows, columns, intercept: true, gap: 2, scale: 0.4f);
            var (expected, actual, ones, fours) = (new float[columns + 1], new float[columns + 1], new float[rows], new float[rows]);
            Array.Fill(ones, 1f);
            Array.Fill(fours, 4f);
            foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
            {
                var loss = engine.Gradient<Logit>(p.X, p.Y, p.Weights, expected, reduction);
                var result = engine.Gradient<Logit>(new Observations(p.X, p.Y) { SampleWeights = ones }, p.Weights, actual, reduction);
                Bits.Equal(expected, actual, $"{rows}x{columns}");
                Assert.Equal(rows, result.TotalWeight);
                Assert.Equal(loss, result.Loss, 1e-6 * Math.Abs(loss));

                engine.Gradient<Logit>(new Observations(p.X, p.Y) { SampleWeights = fours }, p.Weights, actual, reduction);
                if (reduction == Reduction.Sum)
                    expected = Array.ConvertAll(expected, g => 4 * g);
                Bits.Equal(expected, actual, $"{rows}x{columns} times 4");
                expected = new float[columns + 1];
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_row_of_weight_0_contributes_nothing_whatever_it_holds(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in Shapes.Select(row => row.Data)
            .Where(shape => !Grid.IsThinned || shape.Item1 * shape.Item2 < 40_000))
        {
            Check<Logit>(Model.Logistic);
            Check<Identity>(Model.Linear);
            Check<Log>(Model.Poisson);

            void Check<TLink>(Model model)
                where TLink : struct, ILink
            {
                var p = new WeightedProblem((ulong)rows, model, rows, columns, scale: 0.1f);
                var (expected, actual) = (new float[columns + 1], new float[columns + 1]);
                var results = new[] { Evaluate(expected) };
                float[] poisons = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue];
                foreach (var place in new[] { 0, 1, 2 })
                {
                    for (var i = 0; i < rows; i++)
                    {
                        if (p.SampleWeights[i] != 0f)
                            continue;
                        if (place == 0)
                            p.P[i, (i * 7) % columns] = poisons[i % 4];
                        else if (place == 1)
                            p.P.Y[i] = poisons[i % 4];
                        else
                            p.Offset[i] = poisons[i % 4];
                        p.SampleWeights[i] = i % 2 == 0 ? 0f : -0f;
                    }

                    var what = $"{name} {model} {rows}x{columns} place {place}";
                    Assert.Equal(results[0], Evaluate(actual));
                    Bits.Equal(expected, actual, what);
                }

                Evaluation Evaluate(float[] gradient)
                {
                    var result = engine.Gradient<TLink>(p.Data, p.P.Weights, gradient);
                    Assert.Equal(result, engine.Loss<TLink>(p.Data, p.P.Weights));
                    var (product, diagonal) = (new float[columns + 1], new float[columns + 1]);
                    engine.HessianProduct<TLink>(p.Data, p.P.Weights, p.Direction, product);
                    engine.HessianDiagonal<TLink>(p.Data, p.P.Weights, diagonal);
                    for (var j = 0; j <= columns; j++)
                        Assert.True(float.IsFinite(product[j]) && float.IsFinite(diagonal[j])
                            && float.IsFinite(gradient[j]), $"{name} {model} {rows}x{columns} column {j}");
                    return result;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Rows_with_NaN_are_skipped_and_counted_when_asked(string name)
    {
        var engine = Engine.Get(name);
        foreach (var weighted in new[] { false, true })
        {
            foreach (var (rows, columns) in Shapes.Select(row => row.Data)
                .Where(shape => !Grid.IsThinned || shape.Item1 * shape.Item2 < 40_000))
                Check(rows, columns, weighted);
        }

        void Check(int rows, int columns, bool weighted)
        {
            var (clean, damaged) =
                (new WeightedProblem(5, Model.Logistic, rows, columns), new WeightedProblem(5, Model.Logistic, rows, columns));
            Array.ForEach([clean, damaged], p =>
            {
                for (var i = 0; i < rows; i++)
                    p.SampleWeights[i] = weighted ? 0.5f + (i % 3) : 1f;
            });

            var skipped = 0;
            for (var i = 0; i < rows; i++)
            {
                if (i * 2654435761 % 5 != 0)
                    continue;
                skipped++;
                clean.SampleWeights[i] = 0f;
                switch (i % (weighted ? 4 : 3))
                {
                    case 0:
                        damaged.P[i, i % columns] = float.NaN;
                        break;
                    case 1:
                        damaged.P.Y[i] = float.NaN;
                        break;
                    case 2:
                        damaged.Offset[i] = float.NaN;
                        break;
                    default:
                        damaged.SampleWeights[i] = float.NaN;
                        break;
                }
            }

            var data = new Observations(damaged.P.X, damaged.P.Y)
            {
                SampleWeights = weighted ? damaged.SampleWeights : default,
                Offset = damaged.Offset,
                RowsWithNaN = RowsWithNaN.Skip,
            };
            var (expected, actual) = (new float[columns + 1], new float[columns + 1]);
            foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
            {
                var what = $"{name} {rows}x{columns} {reduction} weighted {weighted}";
                var left = engine.Gradient<Logit>(clean.Data, clean.P.Weights, expected, reduction);
                var right = engine.Gradient<Logit>(data, damaged.P.Weights, actual, reduction);
                Bits.Equal(expected, actual, what);
                Assert.Equal(skipped, right.SkippedRows);
                Assert.Equal(left.TotalWeight, right.TotalWeight);
                Assert.Equal(left.Loss, right.Loss, 1e-6 * (1 + Math.Abs(left.Loss)));
                Assert.Equal(right, engine.Loss<Logit>(data, damaged.P.Weights, reduction));
                engine.HessianProduct<Logit>(clean.Data, clean.P.Weights, clean.Direction, expected, reduction);
                Assert.Equal(skipped,
                    engine.HessianProduct<Logit>(data, damaged.P.Weights, clean.Direction, actual, reduction).SkippedRows);
                Bits.Equal(expected, actual, what + " product");
                engine.HessianDiagonal<Logit>(clean.Data, clean.P.Weights, expected, reduction);
                engine.HessianDiagonal<Logit>(data, damaged.P.Weights, actual, reduction);
                Bits.Equal(expected, actual, what + " diagonal");
            }

            var stepped = (float[])damaged.P.Weights.Clone();
            var step = engine.Step<Logit>(data, stepped, 0.01f);
            Assert.Equal((true, skipped), (step.Applied, step.SkippedRows));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Skipping_changes_nothing_where_there_is_no_NaN(string name)
    {
        var engine = Engine.Get(name);
        foreach (var rows in new[] { 0, 1, 5, 40, 1024, 1500 })
        {
            var p = Problem.Random(17, rows, 21, intercept: true);
            var (expected, actual) = (new float[22], new float[22]);
            foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
            {
                var loss = engine.Gradient<Logit>(p.X, p.Y, p.Weights, expected, reduction);
                var result =
                    engine.Gradient<Logit>(new Observations(p.X, p.Y) { RowsWithNaN = RowsWithNaN.Skip }, p.Weights, actual, reduction);
                Bits.Equal(loss, result.Loss, $"{rows} rows");
                Bits.Equal(expected, actual, $"{rows} rows");
                Assert.Equal((rows, 0), (result.TotalWeight, result.SkippedRows));
            }
        }
    }

    [Fact]
    public void An_infinity_is_not_NaN_and_comes_out()
    {
        var p = Problem.Random(19, 50, 6);
        p[7, 2] = float.PositiveInfinity;
        p.Weights[2] = 0f; // ∞·0: the margin is NaN, the row has none
        var gradient = new float[6];
        var result = LogisticRegression.Gradient(new Observations(p.X, p.Y) { RowsWithNaN = RowsWithNaN.Skip }, p.Weights, gradient);
        Assert.Equal(0, result.SkippedRows);
        Assert.Contains(gradient, g => !float.IsFinite(g));
        var before = (float[])p.Weights.Clone();
        Assert.False(LogisticRegression.Step(new Observations(p.X, p.Y) { RowsWithNaN = RowsWithNaN.Skip }, p.Weights, 0.1f).Applied);
        Assert.Equal(before, p.Weights);
    }

    [Fact]
    public void NaN_in_the_weights_of_the_model_skips_no_row()
    {
        var p = Problem.Random(19, 50, 6);
        p.Weights[3] = float.NaN;
        var gradient = new float[6];
        Assert.Equal(0,
            LogisticRegression.Gradient(new Observations(p.X, p.Y) { RowsWithNaN = RowsWithNaN.Skip }, p.Weights, gradient).SkippedRows);
        Assert.All(gradient, g => Assert.True(float.IsNaN(g)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void By_default_NaN_comes_out(int place)
    {
        var p = new WeightedProblem(23, Model.Logistic, 80, 6);
        Array.Fill(p.SampleWeights, 0.5f);
        (place switch { 0 => p.P.Y, 1 => p.Offset, _ => p.SampleWeights })[40] = float.NaN;
        var gradient = new float[7];
        Assert.True(double.IsNaN(LogisticRegression.Gradient(p.Data, p.P.Weights, gradient).Loss));
        Assert.All(gradient, g => Assert.True(float.IsNaN(g)));
        Assert.False(LogisticRegression.Step(p.Data, p.P.Weights, 0.1f).Applied);
    }

    [Fact]
    public void An_offset_moves_the_margins_of_predictions_too()
    {
        var p = new WeightedProblem(29, Model.Poisson, 5000, 60);
        var (plain, with, means) = (new float[5000], new float[5000], new float[5000]);
        PoissonRegression.Margin(p.P.X, p.P.Weights, plain);
        PoissonRegression.Margin(p.P.X, p.P.Weights, p.Offset, with);
        Bits.Equal(plain.Zip(p.Offset, (z, o) => z + o).ToArray(), with, "margins");
        PoissonRegression.Predict(p.P.X, p.P.Weights, p.Offset, means);
        var expected = new float[5000];
        Elementwise.Exp(with, expected);
        Bits.Equal(expected, means, "means");
        foreach (var threads in new[] { 1, 2, 5 })
        {
            var parallel = new float[5000];
            PoissonRegression.Predict(p.P.X, p.P.Weights, p.Offset, parallel, new ParallelOptions { MaxDegreeOfParallelism = threads });
            Bits.Equal(means, parallel, $"{threads} threads");
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_penalty_is_added_after_the_reduction_and_spares_the_intercept(string name)
    {
        var engine = Engine.Get(name);
        const float L2 = 0.7f;
        foreach (var (rows, columns) in new[] { (0, 3), (1, 5), (40, 16), (33, 37), (1500, 70), (10, 300) })
        {
            var p = new WeightedProblem((ulong)rows, Model.Logistic, rows, columns, scale: 0.2f);
            var (plain, with, w) = (new float[columns + 1], new float[columns + 1], p.P.Weights);
            foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
            {
                var what = $"{name} {rows}x{columns} {reduction}";
                var loss = engine.Gradient<Logit>(p.Data, w, plain, reduction).Loss;
                var result = engine.Gradient<Logit>(p.Data, w, with, reduction, L2);
                Bits.Equal(Penalized(w), with, what);
                Assert.Equal(loss + (0.5 * L2 * w.Take(columns).Sum(v => (double)v * v)), result.Loss, 1e-12 * (1 + result.Loss));
                Assert.Equal(result, engine.Loss<Logit>(p.Data, w, reduction, L2));

                var stepped = (float[])w.Clone();
                Assert.Equal(result.Loss, engine.Step<Logit>(p.Data, stepped, 0.25f, reduction, L2).Loss);
                Bits.Equal(w.Zip(with, (a, g) => MathF.FusedMultiplyAdd(-0.25f, g, a)).ToArray(), stepped, what + " step");

                engine.HessianProduct<Logit>(p.Data, w, p.Direction, plain, reduction);
                engine.HessianProduct<Logit>(p.Data, w, p.Direction, with, reduction, L2);
                Bits.Equal(Penalized(p.Direction), with, what + " product");
                engine.HessianDiagonal<Logit>(p.Data, w, plain, reduction);
                engine.HessianDiagonal<Logit>(p.Data, w, with, reduction, L2);
                Bits.Equal(Penalized([.. Enumerable.Repeat(1f, columns + 1)]), with, what + " diagonal");
            }

            float[] Penalized(float[] v) => [.. plain.Select((g, j) => j < columns ? MathF.FusedMultiplyAdd(L2, v[j], g) : g)];
        }
    }

    [Fact]
    public void Senseless_penalties_are_refused()
    {
        var p = Problem.Random(47, 6, 4);
        foreach (var l2 in new[] { -1f, float.NaN, float.PositiveInfinity })
        {
            Assert.Equal("l2", Assert.Throws<ArgumentOutOfRangeException>(() =>
                LogisticRegression.Gradient(new Observations(p.X, p.Y), p.Weights, p.Gradient, l2: l2)).ParamName);
            Assert.Equal("l2", Assert.Throws<ArgumentOutOfRangeException>(() =>
                LogisticRegression.Step(new Observations(p.X, p.Y), p.Weights, 0.1f, l2: l2)).ParamName);
        }
    }

    [Fact]
    public void Without_any_weight_a_mean_divides_by_nothing()
    {
        var p = Problem.Random(31, 20, 4);
        var gradient = new float[4];
        var result =
            LogisticRegression.Gradient(new Observations(p.X, p.Y) { SampleWeights = new float[20] }, p.Weights, gradient, Reduction.Mean);
        Assert.Equal(new Evaluation(0, 0, 0), result);
        Assert.All(gradient, g => Assert.Equal(0f, g));
    }

    [Fact]
    public void Any_number_of_threads_gives_the_bits_of_one()
    {
        var p = new WeightedProblem(37, Model.Logistic, Grid.IsThinned ? 9000 : 70_000, 40);
        for (var i = 0; i < p.P.Rows; i += 31)
            p.P[i, i % 40] = float.NaN;
        Check(p.Data);
        Check(new Observations(p.P.X, p.P.Y) { Offset = p.Offset });

        void Check(Observations rows)
        {
            var data = new Observations(rows.X, rows.Targets)
            {
                SampleWeights = rows.SampleWeights,
                Offset = rows.Offset,
                RowsWithNaN = RowsWithNaN.Skip,
            };
            var (one, many) = (new float[41], new float[41]);
            var gradient = LogisticRegression.Gradient(data, p.P.Weights, one, Reduction.Mean, 0.5f);
            Assert.InRange(gradient.SkippedRows, 1, p.P.Rows / 31 + 1);
            foreach (var threads in new[] { 2, 3, 7, 64 })
            {
                var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
                Assert.Equal(gradient, LogisticRegression.Gradient(data, p.P.Weights, many, Reduction.Mean, 0.5f, options));
                Bits.Equal(one, many, $"{threads} threads");
                Assert.Equal(gradient, LogisticRegression.Loss(data, p.P.Weights, Reduction.Mean, 0.5f, options));
                var (product, products) = (new float[41], new float[41]);
                Assert.Equal(
                    LogisticRegression.HessianProduct(data, p.P.Weights, p.Direction, product),
                    LogisticRegression.HessianProduct(data, p.P.Weights, p.Direction, products, parallel: options));
                Bits.Equal(product, products, $"{threads} threads, product");
                LogisticRegression.HessianDiagonal(data, p.P.Weights, product);
                LogisticRegression.HessianDiagonal(data, p.P.Weights, products, parallel: options);
                Bits.Equal(product, products, $"{threads} threads, diagonal");
                var (left, right) = ((float[])p.P.Weights.Clone(), (float[])p.P.Weights.Clone());
                Assert.Equal(LogisticRegression.Step(data, left, 0.01f), LogisticRegression.Step(data, right, 0.01f, parallel: options));
                Bits.Equal(left, right, $"{threads} threads, step");
            }
        }
    }

    [Fact]
    public void Wrong_lengths_and_overlaps_are_refused_by_name()
    {
        var p = Problem.Random(41, 6, 4);
        Refused("targets", () => _ = new Observations(p.X, new float[5]));
        Refused("SampleWeights", () => _ = new Observations(p.X, p.Y) { SampleWeights = new float[7] });
        Refused("Offset", () => _ = new Observations(p.X, p.Y) { Offset = new float[5] });
        Assert.Equal("RowsWithNaN",
            Assert.Throws<ArgumentOutOfRangeException>(() => _ = new Observations(p.X, p.Y) { RowsWithNaN = (RowsWithNaN)2 }).ParamName);

        var memory = new float[20];
        Refused("gradient", () => LogisticRegression.Gradient(new Observations(p.X, p.Y), p.Weights, new float[3]));
        Refused("weights", () => LogisticRegression.Gradient(new Observations(p.X, p.Y), new float[3], p.Gradient));
        Refused("gradient", () => LogisticRegression.Gradient(new Observations(p.X, p.Y) { SampleWeights = memory.AsSpan(0, 6) }, p.Weights,
            memory.AsSpan(5, 4)));
        Refused("gradient", () =>
            LogisticRegression.Gradient(new Observations(p.X, p.Y) { Offset = memory.AsSpan(0, 6) }, p.Weights, memory.AsSpan(5, 4)));
        Refused("weights", () =>
            LogisticRegression.Step(new Observations(p.X, p.Y) { Offset = memory.AsSpan(0, 6) }, memory.AsSpan(5, 4), 0.1f));
        Assert.Equal("learningRate", Assert.Throws<ArgumentOutOfRangeException>(() =>
            LogisticRegression.Step(new Observations(p.X, p.Y), p.Weights, -1f)).ParamName);
        Refused("direction", () => LogisticRegression.HessianProduct(new Observations(p.X, p.Y), p.Weights, new float[3], p.Gradient));
        Refused("product", () =>
            LogisticRegression.HessianProduct(new Observations(p.X, p.Y), p.Weights, memory.AsSpan(0, 4), memory.AsSpan(3, 4)));
        Refused("diagonal", () => LogisticRegression.HessianDiagonal(new Observations(p.X, p.Y), memory.AsSpan(0, 4), memory.AsSpan(3, 4)));
        Refused("offset", () => LogisticRegression.Predict(p.X, p.Weights, new float[5], new float[6]));
        Refused("destination", () => LogisticRegression.Margin(p.X, p.Weights, memory.AsSpan(0, 6), memory.AsSpan(5, 6)));

        static void Refused(string name, Action call) => Assert.Equal(name, Assert.Throws<ArgumentException>(call).ParamName);
    }

    [Fact]
    public void A_slice_has_what_belongs_to_its_rows()
    {
        var p = new WeightedProblem(43, Model.Logistic, 20, 3);
        var slice = new Observations(p.P.X,
            p.P.Y)
        { SampleWeights = p.SampleWeights, Offset = p.Offset, RowsWithNaN = RowsWithNaN.Skip }.Slice(4, 9);
        Assert.Equal(p.P.X.Row(4), slice.X.Row(0));
        Assert.Equal(9, slice.X.Rows);
        Assert.Equal(p.P.Y.AsSpan(4, 9), slice.Targets);
        Assert.Equal(p.SampleWeights.AsSpan(4, 9), slice.SampleWeights);
        Assert.Equal(p.Offset.AsSpan(4, 9), slice.Offset);
        Assert.Equal(RowsWithNaN.Skip, slice.RowsWithNaN);
        var empty = new Observations(p.P.X, p.P.Y).Slice(20, 0);
        Assert.Equal((0, 0, 0), (empty.X.Rows, empty.SampleWeights.Length, empty.Offset.Length));
    }
}
