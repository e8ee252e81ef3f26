using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>The mean of a row alone is computed in one lane, those of many rows in sixteen: the same operations, the same bits.</summary>
public class OneValueTests
{
    private static readonly uint Step = Grid.IsThinned ? 99_991u : 4_999u;

    [Fact]
    public void A_row_alone_has_the_mean_that_it_has_among_others()
    {
        const int Count = 4096;
        var (x, sigmoid, exp, linear) = (new float[Count], new float[Count], new float[Count], new float[Count]);
        var one = new[] { 1f };
        for (ulong bits = 0, next; bits < 1UL << 32; bits = next)
        {
            next = bits;
            for (var i = 0; i < Count; i++, next += Step)
                x[i] = BitConverter.UInt32BitsToSingle((uint)next);
            Elementwise.Sigmoid(x, sigmoid);
            Elementwise.Exp(x, exp);
            LinearRegression.Predict(new DesignMatrix(x, 1), one, linear);
            for (var i = 0; i < Count; i++)
            {
                Same(sigmoid[i], LogisticRegression.Predict(x.AsSpan(i, 1), one), x[i]);
                Same(exp[i], PoissonRegression.Predict(x.AsSpan(i, 1), one), x[i]);
                Same(linear[i], LinearRegression.Predict(x.AsSpan(i, 1), one), x[i]);
            }
        }
    }

    /// <summary>Where every product underflows to −0 the sum is −0 in some lanes' order and +0 in another: a mean shows +0.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(320)]
    public void A_margin_of_zero_is_positive_wherever_its_row_starts(int columns)
    {
        const int Rows = 100;
        var memory = GC.AllocateArray<float>((Rows * columns) + 64, pinned: true);
        Array.Fill(memory, -1e-30f);
        var weights = new float[columns];
        Array.Fill(weights, 1e-30f);
        var z = new float[Rows];
        for (var start = 0; start < 16; start++)
        {
            LinearRegression.Margin(new DesignMatrix(memory.AsSpan(start, Rows * columns), columns), weights, z);
            Assert.All(z, value => Assert.Equal(0u, BitConverter.SingleToUInt32Bits(value)));
            Assert.Equal(0u, BitConverter.SingleToUInt32Bits(LinearRegression.Margin(memory.AsSpan(start, columns), weights)));
        }
    }

    /// <summary>A row that is right beyond float32's reach has a residual of −0, and a gradient of +0 as among others.</summary>
    [Fact]
    public void The_gradient_of_a_row_that_costs_nothing_is_positive_zero()
    {
        foreach (var columns in new[] { 0, 1, 16, 33 })
        {
            var (row, weights, gradient) = (new float[columns], new float[columns + 1], new float[columns + 1]);
            Array.Fill(row, 1f);
            weights[columns] = -100f;
            Array.Fill(gradient, float.NaN);
            LogisticRegression.Gradient(new DesignMatrix(row, 1, columns, columns, intercept: true), [0f], weights, gradient);
            Assert.All(gradient, g => Assert.Equal(0u, BitConverter.SingleToUInt32Bits(g)));
        }
    }

    private static void Same(float expected, float actual, float x) =>
        Assert.True(
            BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(actual)
                || (float.IsNaN(expected) && float.IsNaN(actual)),
            $"{x:R}: {expected:R}, alone {actual:R}");
}
