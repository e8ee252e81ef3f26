using Kernels.Lanes;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Rows;

namespace Kernels.Tests;

public class DesignMatrixTests
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 24).Select(i => (float)i)];

    [Fact]
    public void Rows_follow_the_stride()
    {
        var x = new DesignMatrix(Values, rows: 4, columns: 3, stride: 6);
        for (var i = 0; i < 4; i++)
            Assert.Equal([6f * i, (6f * i) + 1, (6f * i) + 2], x.Row(i).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new DesignMatrix(Values, 4, 3, 6).Row(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DesignMatrix(Values, 4, 3, 6).Row(-1));
    }

    [Fact]
    public void The_last_row_needs_no_gap() =>
        Assert.Equal(4, new DesignMatrix(Values.AsSpan(0, 21), rows: 4, columns: 3, stride: 6).Rows);

    [Fact]
    public void Slices_are_views_of_their_rows()
    {
        var x = new DesignMatrix(Values, columns: 4, intercept: true);
        var slice = x.Slice(2, 3);
        Assert.Equal((3, 4, 4, true, 5), (slice.Rows, slice.Columns, slice.Stride, slice.HasIntercept, slice.Parameters));
        Assert.Equal([12f, 13f, 14f, 15f], slice.Row(1).ToArray());
        Assert.Equal(0, x.Slice(6, 0).Rows);
        Assert.Equal("start", Assert.Throws<ArgumentOutOfRangeException>(() => new DesignMatrix(Values, 4).Slice(7, 0)).ParamName);
        Assert.Equal("start", Assert.Throws<ArgumentOutOfRangeException>(() => new DesignMatrix(Values, 4).Slice(-1, 0)).ParamName);
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => new DesignMatrix(Values, 4).Slice(5, 2)).ParamName);
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => new DesignMatrix(Values, 4).Slice(5, -1)).ParamName);
    }

    [Fact]
    public void Empty_shapes_are_valid()
    {
        Assert.Equal((0, 0, 0), Shape(default));
        Assert.Equal((0, 3, 3), Shape(new DesignMatrix([], 3)));
        Assert.Equal((5, 0, 0), Shape(new DesignMatrix([], rows: 5, columns: 0, stride: 0)));
        Assert.Equal((0, 3, 4), Shape(new DesignMatrix([], rows: 0, columns: 3, stride: 3, intercept: true)));

        // Five rows of nothing but the intercept.
        var gradient = new float[1];
        LogisticRegression.Gradient(new([], rows: 5, columns: 0, stride: 0, intercept: true), [0, 0, 0, 0, 1], [0f], gradient);
        Assert.Equal(1.5f, gradient[0]);

        static (int Rows, int Columns, int Parameters) Shape(DesignMatrix x) => (x.Rows, x.Columns, x.Parameters);
    }

    [Fact]
    public void An_intercept_is_a_column_of_ones()
    {
        // Dyadic data: the sum does not depend on where in the row the one stands.
        var ones = new float[6 * 5];
        for (var i = 0; i < 6; i++)
        {
            Values.AsSpan(4 * i, 4).CopyTo(ones.AsSpan(5 * i));
            ones[(5 * i) + 4] = 1f;
        }

        float[] y = [0, 1, 0, 1, 1, 0];
        float[] w = [0.125f, -0.25f, 0.0625f, 0.5f, -3f];
        var (real, virt) = (new float[5], new float[5]);
        var a = LogisticRegression.Gradient(new(ones, 5), y, w, real);
        var b = LogisticRegression.Gradient(new DesignMatrix(Values, 4).WithIntercept(), y, w, virt);
        Assert.Equal(a, b);
        Assert.Equal(real, virt);
    }

    [Fact]
    public void Rows_without_columns_lie_in_mapped_memory()
    {
        // Loads that mask out every lane read nothing, but cost a hundred nanoseconds where no memory is mapped.
        var counts = default(RowCounts);
        Assert.Equal(0, Call.Run<Probe>(new DesignMatrix([], 5, 0, 1000), new float[5], [], [], default, 0f, ref counts).Loss);
        Assert.Equal(0, Call.Run<Probe>(new DesignMatrix(Values, 5, 0, 1 << 28), new float[5], [], [], default, 0f, ref counts).Loss);
        Assert.Equal(4, Call.Run<Probe>(new DesignMatrix(Values, 5, 1, 4), new float[5], [1f], [], default, 0f, ref counts).Loss);
    }

    /// <summary>The stride that a pass sees; NaN where X or the weights are null.</summary>
    private readonly struct Probe : IPass
    {
        public static Question Question => Question.Margins;

        public static nint Workspace(int rows, nint parameters) => 0;

        public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
            where TLanes : struct, ILanes<TLanes> => new(o.X.IsNull || o.Weights.IsNull ? double.NaN : o.Stride, 0);
    }
}
