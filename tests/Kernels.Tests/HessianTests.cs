using Kernels.Links;
using Kernels.Tests.Support;
using static Kernels.Verification.DoubleOracle;

namespace Kernels.Tests;

/// <summary>The Hessian times a vector, and its diagonal.</summary>
public class HessianTests
{
    public static TheoryData<string> Engines => Engine.Names;

    [Fact]
    public void There_is_no_loss_whatever_a_mean_is_divided_by()
    {
        foreach (var weight in new[] { 1f, -1f, 0f, float.NaN, float.PositiveInfinity })
        {
            foreach (var reduction in new[] { Reduction.Sum, Reduction.Mean })
            {
                var data = new Observations(new DesignMatrix([1f, 2f], 1), [1f, 0f]) { SampleWeights = new[] { weight, weight } };
                Zero(LogisticRegression.HessianProduct(data, [0.5f], [1f], new float[1], reduction).Loss);
                Zero(LogisticRegression.HessianDiagonal(data, [0.5f], new float[1], reduction).Loss);
                Zero(PoissonRegression.HessianDiagonal(data, [0.5f], new float[1], reduction, l2: 1f).Loss);
            }
        }

        static void Zero(double loss) => Assert.Equal(0L, BitConverter.DoubleToInt64Bits(loss));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Product_and_diagonal_are_those_of_plain_double_loops(string name)
    {
        var engine = Engine.Get(name);
        foreach (var (rows, columns) in ObservationsTests.Shapes.Select(row => row.Data))
        {
            if (Grid.IsThinned && (long)rows * columns > 40_000)
                continue;
            Check<Logit>(Model.Logistic);
            Check<Identity>(Model.Linear);
            Check<Log>(Model.Poisson);

            void Check<TLink>(Model model)
                where TLink : struct, ILink
            {
                var p = new WeightedProblem((ulong)(rows + columns), model, rows, columns, intercept: rows % 2 == 1,
                    1f / MathF.Sqrt(columns));
                var actual = new float[p.P.Weights.Length];
                var result = engine.HessianProduct<TLink>(p.Data, p.P.Weights, p.Direction, actual);
                Within(actual, p.HessianProduct(), p.HessianProductBound(), $"{name} {model} {rows}x{columns} product");
                Assert.Equal((0.0, p.TotalWeight), (result.Loss, Math.Round(result.TotalWeight, 3)), new Close());
                engine.HessianDiagonal<TLink>(p.Data, p.P.Weights, actual);
                Within(actual, p.HessianDiagonal(), p.HessianDiagonalBound(), $"{name} {model} {rows}x{columns} diagonal");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void With_the_identity_link_it_is_the_gradient_of_a_linear_regression_bit_for_bit(string name)
    {
        // Xᵀ(1·(Xv)) is the gradient at v for targets 0; with weights s, Xᵀ(s·(Xv)) that of a weighted one.
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            if (columns % 3 != 0)
                return;
            var p = Problem.Random((ulong)((rows * 1000) + columns), rows, columns, intercept, gap);
            var (weights, expected) = (new float[rows], new float[p.Gradient.Length]);
            for (var i = 0; i < rows; i++)
                weights[i] = i % 5;
            foreach (var s in new[] { [], weights })
            {
                engine.Gradient<Identity>(new Observations(p.X, new float[rows]) { SampleWeights = s }, p.Weights, expected);
                engine.HessianProduct<Identity>(new Observations(p.X, p.Y) { SampleWeights = s }, new float[p.Weights.Length], p.Weights,
                    p.Gradient);
                Bits.Equal(expected, p.Gradient, Bits.Shape(name, rows, columns, intercept, gap));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Unit_vectors_pick_the_diagonal(string name)
    {
        var engine = Engine.Get(name);
        var p = Problem.Random(3, 200, 7, intercept: true);
        var (diagonal, product) = (new float[8], new float[8]);
        engine.HessianDiagonal<Logit>(new Observations(p.X, p.Y), p.Weights, diagonal);
        for (var j = 0; j < 8; j++)
        {
            var unit = new float[8];
            unit[j] = 1f;
            engine.HessianProduct<Logit>(new Observations(p.X, p.Y), p.Weights, unit, product);
            Assert.Equal(diagonal[j], product[j], 1e-5f * diagonal[j]);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Squares_of_integers_are_summed_exactly(string name)
    {
        var engine = Engine.Get(name);
        Grid.ForEach(name, (rows, columns, intercept, gap) =>
        {
            if (columns % 5 != 0)
                return;
            var p = new Problem(rows, columns, intercept, gap).FillX((i, j) => ((i * 31) + (j * 17)) % 13 - 6);
            engine.HessianDiagonal<Identity>(new Observations(p.X, p.Y), p.Weights, p.Gradient);
            for (var j = 0; j < p.Gradient.Length; j++)
            {
                var exact = 0f;
                for (var i = 0; i < rows; i++)
                    exact += j < columns ? p[i, j] * p[i, j] : 1f;
                Assert.Equal(exact, p.Gradient[j]);
            }
        });
    }

    [Fact]
    public void One_row_and_none()
    {
        var p = Problem.Random(5, 1, 3);
        var result = new float[3];
        LinearRegression.HessianDiagonal(new Observations(p.X, p.Y), p.Weights, result);
        for (var j = 0; j < 3; j++)
            Assert.Equal(p[0, j] * p[0, j], result[j]);
        var none = Problem.Random(5, 0, 3);
        LogisticRegression.HessianProduct(new Observations(none.X, none.Y), none.Weights, none.Weights, result);
        Assert.All(result, r => Assert.Equal(0f, r));
    }

    private static void Within(float[] actual, double[] exact, double[] bound, string what)
    {
        for (var j = 0; j < exact.Length; j++)
            Assert.True(Math.Abs(actual[j] - exact[j]) <= bound[j] + 1e-37,
                $"{what}[{j}] is {actual[j]:R}, exactly {exact[j]:R}, bound {bound[j]:E2}");
    }

    private sealed class Close : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            x.Item1 == y.Item1 && Math.Abs(x.Item2 - y.Item2) <= 1e-3 * (1 + x.Item2);

        public int GetHashCode((double, double) pair) => 0;
    }
}
