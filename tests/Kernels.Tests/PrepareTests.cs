using System.Runtime;
using System.Runtime.CompilerServices;
using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>What <c>Prepare</c> compiles is not compiled again by the first call that counts.</summary>
public class PrepareTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(7, 0)]
    [InlineData(32, 1)]
    [InlineData(300, 100)]
    public void Any_shape_can_be_prepared(int columns, int rows)
    {
        LogisticRegression.Prepare(columns, rows);
        LinearRegression.Prepare(columns, rows, intercept: true);
        PoissonRegression.Prepare(columns, rows);
    }

    [Fact]
    public void Shapes_that_are_none_are_refused()
    {
        Assert.Equal("columns", Assert.Throws<ArgumentOutOfRangeException>(() => LogisticRegression.Prepare(-1)).ParamName);
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => LogisticRegression.Prepare(3, -1)).ParamName);
        Assert.Equal("rows",
            Assert.Throws<ArgumentOutOfRangeException>(() => LogisticRegression.Prepare(int.MaxValue - 1, int.MaxValue)).ParamName);
    }

    // A link of each test's own, whose methods nobody else has compiled.
    [Fact]
    public void The_first_call_compiles_nothing_then()
    {
        Assert.SkipUnless(RuntimeFeature.IsDynamicCodeCompiled, "nothing is compiled while it runs");
        var p = Problem.Random(1, 64, 32);
        Assert.InRange(CompiledBy<LinkOf<Unprepared>>(p), 5, int.MaxValue);
        Glm<LinkOf<Prepared>>.Prepare(32, 64);
        Assert.InRange(CompiledBy<LinkOf<Prepared>>(p), 0, 1); // this method itself, for this link
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CompiledBy<TLink>(Problem p)
        where TLink : struct, ILink
    {
        var before = JitInfo.GetCompiledMethodCount(currentThread: true);
        Glm<TLink>.Gradient(p.X, p.Y, p.Weights, p.Gradient);
        Glm<TLink>.Predict(p.X.Row(0), p.Weights);
        return (int)(JitInfo.GetCompiledMethodCount(currentThread: true) - before);
    }

    private readonly struct Prepared;

    private readonly struct Unprepared;

    private readonly struct LinkOf<TTest> : ILink
        where TTest : struct
    {
        public static double CurvatureBound => 1;

        static bool ILink.HasLogPart => false;

        static float ILink.NeutralMargin => 0f;

        static (double Residual, double Error) ILink.ResidualBound(double z, float y, double marginError) => default;

        static TLanes ILink.Mean<TLanes>(TLanes z) => z;

        static TLanes ILink.MeanDerivative<TLanes>(TLanes z) => z;

        static TLanes ILink.Residual<TLanes>(TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch,
            ref LossSum<TLanes> sum) => z;

        static TLanes ILink.ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper) => upper = lower = z;
    }
}
