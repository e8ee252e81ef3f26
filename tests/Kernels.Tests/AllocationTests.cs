using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>Nothing is allocated on the managed heap, workspace on the stack or in native memory alike.</summary>
public class AllocationTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 32)]
    [InlineData(1500, 37)]
    [InlineData(20, 5000)]
    [InlineData(1100, 3000)]
    public void Steady_state_allocates_nothing(int rows, int columns)
    {
        if (Grid.IsThinned)
            columns = Math.Min(columns, 600);
        var p = Problem.Random(13, rows, columns, intercept: true);
        var means = new float[rows];
        CallAll(p, means);
        CallAll(p, means);

        // What the calls allocate, were it in one of thirty, is there in two rounds or more. What the runtime may do on this thread
        // for itself (seen in two runs: 4 KB, once) is there in one.
        var allocated = new long[4];
        for (var round = 0; round < allocated.Length; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
                CallAll(p, means);
            allocated[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated.Count(bytes => bytes != 0) <= 1, string.Join(", ", allocated));
    }

    [Fact]
    public void The_measure_sees_an_allocation()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(new float[1]);
        Assert.NotEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void CallAll(Problem p, float[] means)
    {
        LogisticRegression.Predict(p.X.Row(0), p.Weights, intercept: true);
        LogisticRegression.Margin(p.X.Row(0), p.Weights, intercept: true);
        LogisticRegression.Predict(p.X, p.Weights, means);
        LogisticRegression.Loss(p.X, p.Y, p.Weights);
        LogisticRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient);
        LogisticRegression.Step(p.X, p.Y, p.Weights, 0.001f);
        LinearRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient, Reduction.Mean);
        PoissonRegression.Gradient(p.X, p.Y, p.Weights, p.Gradient);

        var data = new Observations(p.X, p.Y) { SampleWeights = means, Offset = p.Y, RowsWithNaN = RowsWithNaN.Skip };
        LogisticRegression.Loss(data, p.Weights);
        LogisticRegression.Gradient(data, p.Weights, p.Gradient);
        LogisticRegression.Step(data, p.Weights, 0.001f);
        LogisticRegression.HessianProduct(data, p.Weights, p.Weights, p.Gradient);
        LogisticRegression.HessianDiagonal(data, p.Weights, p.Gradient);
        LogisticRegression.LossAlong(means, means, p.Y, 0.5f, p.Y);
    }
}
