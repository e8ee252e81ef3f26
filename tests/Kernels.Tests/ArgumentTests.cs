using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>A wrong call gets an exception that names the parameter and the numbers, before anything is written.</summary>
public class ArgumentTests
{
    private const int N = 6;
    private const int D = 4;

    [Theory]
    [InlineData(-1, 4, 4, "rows")]
    [InlineData(int.MinValue, 4, 4, "rows")]
    [InlineData(2, -1, 4, "columns")]
    [InlineData(2, int.MinValue, 4, "columns")]
    [InlineData(2, 4, 3, "stride")]
    [InlineData(2, 4, -1, "stride")]
    [InlineData(7, 4, 4, "values")]
    [InlineData(6, 5, 5, "values")]
    [InlineData(6, 4, 5, "values")]
    [InlineData(0x10000, 0x10000, 0x10000, "values")]
    [InlineData(46341, 46341, 46341, "values")]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, "values")]
    [InlineData(2, 1, int.MaxValue, "values")]
    public void Impossible_shapes_are_refused(int rows, int columns, int stride, string parameter)
    {
        var values = new float[N * D];
        var e = Assert.ThrowsAny<ArgumentException>(() => _ = new DesignMatrix(values, rows, columns, stride));
        Assert.Equal(parameter, e.ParamName);
        if (parameter != "values")
            Assert.IsType<ArgumentOutOfRangeException>(e);
        else
            Assert.Contains("24", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_is_no_multiple_of_the_columns_is_refused()
    {
        Assert.Equal("values", Assert.Throws<ArgumentException>(() => _ = new DesignMatrix(new float[10], 4)).ParamName);
        Assert.Equal("values", Assert.Throws<ArgumentException>(() => _ = new DesignMatrix(new float[10], 0)).ParamName);
        Assert.Equal("columns", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new DesignMatrix(new float[10], -1)).ParamName);
        Assert.Equal("columns",
            Assert.Throws<ArgumentOutOfRangeException>(() => _ = new DesignMatrix([], int.MaxValue, intercept: true)).ParamName);
    }

    [Theory]
    [InlineData(5, 4, 4, "y", "5")]
    [InlineData(7, 4, 4, "y", "7")]
    [InlineData(6, 3, 4, "weights", "3")]
    [InlineData(6, 5, 4, "weights", "5")]
    [InlineData(6, 4, 3, "gradient", "3")]
    [InlineData(6, 4, 5, "gradient", "5")]
    public void Wrong_lengths_are_refused(int targets, int weights, int gradient, string parameter, string number)
    {
        var (y, w, g) = (new float[targets], new float[weights], Marked(gradient));
        var e = Assert.Throws<ArgumentException>(() => LogisticRegression.Gradient(X(), y, w, g));
        Assert.Equal(parameter, e.ParamName);
        Assert.Contains(number, e.Message, StringComparison.Ordinal);
        Assert.All(g, v => Assert.Equal(42f, v));

        if (parameter == "gradient")
            return;
        Assert.Equal(parameter, Assert.Throws<ArgumentException>(() => LogisticRegression.Loss(X(), y, w)).ParamName);
        Assert.Equal(parameter, Assert.Throws<ArgumentException>(() => LogisticRegression.Step(X(), y, w, 0.1f)).ParamName);
    }

    [Fact]
    public void An_intercept_takes_one_more_weight()
    {
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Loss(X().WithIntercept(), new float[N], new float[D])).ParamName);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Predict(new float[D], new float[D], intercept: true)).ParamName);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Predict(new float[D], new float[D + 1])).ParamName);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Margin(new float[D], new float[D + 1])).ParamName);
    }

    [Fact]
    public void Predictions_of_wrong_shape_are_refused()
    {
        Assert.Equal("destination",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Predict(X(), new float[D], new float[N + 1])).ParamName);
        Assert.Equal("destination",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Margin(X(), new float[D], new float[N - 1])).ParamName);
        Assert.Equal("weights",
            Assert.Throws<ArgumentException>(() => LogisticRegression.Predict(X(), new float[D - 1], new float[N])).ParamName);
    }

    [Fact]
    public void Overlap_of_output_and_input_is_refused_at_every_offset()
    {
        var buffer = new float[100];
        for (var offset = 0; offset <= 100 - D; offset++)
        {
            var overlaps = offset is > 30 - D and < 30 + (N * D);
            Refused(() => LogisticRegression.Gradient(new(buffer.AsSpan(30, N * D), D), new float[N], new float[D],
                buffer.AsSpan(offset, D)), overlaps, "gradient");
            Refused(() =>
                LogisticRegression.Step(new(buffer.AsSpan(30, N * D), D), new float[N], buffer.AsSpan(offset, D), 0f), overlaps, "weights");

            overlaps = offset is > 30 - D and < 30 + N;
            Refused(() =>
                LogisticRegression.Gradient(X(), buffer.AsSpan(30, N), new float[D], buffer.AsSpan(offset, D)), overlaps, "gradient");
            Refused(() => LogisticRegression.Step(X(), buffer.AsSpan(30, N), buffer.AsSpan(offset, D), 0f), overlaps, "weights");

            overlaps = offset is > 30 - D and < 30 + D;
            Refused(() =>
                LogisticRegression.Gradient(X(), new float[N], buffer.AsSpan(30, D), buffer.AsSpan(offset, D)), overlaps, "gradient");
        }

        for (var offset = 0; offset <= 100 - N; offset++)
        {
            Refused(() => LogisticRegression.Predict(new(buffer.AsSpan(30, N * D), D), new float[D], buffer.AsSpan(offset, N)),
                offset is > 30 - N and < 30 + (N * D), "destination");
            Refused(() => LogisticRegression.Predict(X(), buffer.AsSpan(30, D), buffer.AsSpan(offset, N)), offset is > 30 - N
                and < 30 + D, "destination");
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-0.1f)]
    public void A_senseless_learning_rate_is_refused(float rate)
    {
        var w = Marked(D);
        Assert.Equal("learningRate",
            Assert.Throws<ArgumentOutOfRangeException>(() => LogisticRegression.Step(X(), new float[N], w, rate)).ParamName);
        Assert.All(w, v => Assert.Equal(42f, v));
    }

    [Fact]
    public void An_unknown_reduction_is_refused() =>
        Assert.Equal("reduction", Assert.Throws<ArgumentOutOfRangeException>(() =>
            LogisticRegression.Loss(X(), new float[N], new float[D], (Reduction)2)).ParamName);

    [Fact]
    public void Every_shape_is_accepted_or_refused_and_never_read_out_of_bounds()
    {
        // Whatever is accepted must fit; the product is taken in 64 bits, where it cannot wrap.
        int[] numbers = [int.MinValue, -1, 0, 1, 2, 3, 5, 24, 25, 46341, 0x10000, int.MaxValue];
        var values = new float[24];
        foreach (var rows in numbers)
        {
            foreach (var columns in numbers)
            {
                foreach (var stride in numbers)
                {
                    var needed = rows <= 0 || columns == 0 ? 0 : ((rows - 1L) * stride) + columns;
                    var valid = rows >= 0 && columns >= 0 && stride >= columns && needed <= 24;
                    try
                    {
                        var x = new DesignMatrix(values, rows, columns, stride);
                        Assert.True(valid, $"{rows} {columns} {stride} accepted");
                        Assert.Equal((rows, columns, stride), (x.Rows, x.Columns, x.Stride));
                    }
                    catch (ArgumentException)
                    {
                        Assert.False(valid, $"{rows} {columns} {stride} refused");
                    }
                }
            }
        }
    }

    private static DesignMatrix X() => new(new float[N * D], D);

    private static float[] Marked(int count)
    {
        var result = new float[count];
        Array.Fill(result, 42f);
        return result;
    }

    private static void Refused(Action call, bool expected, string parameter)
    {
        if (expected)
            Assert.Equal(parameter, Assert.Throws<ArgumentException>(call).ParamName);
        else
            call();
    }
}
