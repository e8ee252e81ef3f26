using System.Runtime.InteropServices;
using Kernels.Tests.Support;
using static Kernels.Tests.CliTests;

namespace Kernels.Tests;

/// <summary><c>kernels verify</c>, and that its random problems see what is wrong.</summary>
public class VerifyTests
{
    private static readonly PublicRunner Right = new();

    [Fact]
    public async Task The_tool_verifies_this_machine()
    {
        var (code, output, error) = await Run("verify", "--problems", "300");
        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal(CommittedHash.All.Count, output.Split("  as committed  ").Length - 1);
        Assert.Contains("300 random problems: the same bits on ", output, StringComparison.Ordinal);
        Assert.Contains("\nverified in ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negative_number_of_problems_is_refused()
    {
        var (code, _, error) = await Run("verify", "--problems", "-1");
        Assert.Equal(2, code);
        Assert.Contains("--problems must not be negative", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_random_problems_have_the_same_bits_and_keep_the_bounds()
    {
        var report = Fuzz.Run(1, Grid.IsThinned ? 500 : 20_000);
        Assert.Null(report.Failure);
        Assert.Equal(Engine.Supported.Select(engine => engine.Name), report.Widths);
        Assert.InRange(report.LargestShare, 0.05, 1);
    }

    /// <summary>Ten million problems found this one: a mean beyond float32, with features so small that the exact gradient is
    /// not.</summary>
    /// <summary>A Poisson mean beyond float32; a mean below 0.</summary>
    [Theory]
    [InlineData(1_657_282)]
    [InlineData(328_018)]
    public void A_problem_of_long_ago_stays_right(ulong seed) => Assert.Null(Fuzz.Fault(FuzzCase.Of(seed), [Right], out _));

    [Fact]
    public void A_last_bit_in_one_element_is_found_and_made_small()
    {
        var failure = FirstFailure(new LastBit(), isFirst: false);
        Assert.Equal("the gradient: LastBit has other bits than the public entry point", failure.Fault);
        Assert.Equal((3, 5), (failure.Case.Rows, failure.Case.Columns));
        Assert.Equal((0, 0, false, false, FuzzContent.Plain),
            (failure.Case.Gap, failure.Case.Misalignment, failure.Case.HasWeights, failure.Case.HasIntercept, failure.Case.Content));
    }

    [Fact]
    public void A_gradient_beyond_its_bound_is_found() =>
        Assert.StartsWith("the gradient's element ", FirstFailure(new Inexact(), isFirst: true).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_mean_beyond_its_bound_is_found() =>
        Assert.StartsWith("the mean of row ", FirstFailure(new InexactMean(), isFirst: true).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_NaN_that_is_swallowed_is_found() =>
        Assert.EndsWith("which has a NaN, is 0.5", FirstFailure(new Swallowing(), isFirst: true).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_written_input_is_found() =>
        Assert.Equal("an input was written to", FirstFailure(new Writing(), isFirst: true).Fault);

    private static FuzzFailure FirstFailure(Runner wrong, bool isFirst)
    {
        Runner[] runners = isFirst ? [wrong] : [Right, wrong];
        for (var seed = 1ul; seed < 2000; seed++)
        {
            if (Fuzz.Fault(FuzzCase.Of(seed), runners, out _) is not null)
                return Fuzz.Shrink(FuzzCase.Of(seed), runners);
        }

        throw new InvalidOperationException("nothing was found");
    }

    private sealed class LastBit : PublicRunner
    {
        public override Evaluation Gradient<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> gradient,
            Reduction reduction = Reduction.Sum, float l2 = 0f)
        {
            var result = base.Gradient<TLink>(data, weights, gradient, reduction, l2);
            if (data.X is { Rows: >= 3, Columns: >= 5 })
                gradient[4] = MathF.BitIncrement(gradient[4]);
            return result;
        }

        public override string ToString() => nameof(LastBit);
    }

    private sealed class Inexact : PublicRunner
    {
        public override Evaluation Gradient<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> gradient,
            Reduction reduction = Reduction.Sum, float l2 = 0f)
        {
            var result = base.Gradient<TLink>(data, weights, gradient, reduction, l2);
            foreach (ref var g in gradient)
                g *= 1.0001f;
            return result;
        }
    }

    private sealed class InexactMean : PublicRunner
    {
        public override void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination)
        {
            base.Predict<TLink>(x, weights, destination);
            foreach (ref var mean in destination)
                mean *= 1.0001f;
        }
    }

    private sealed class Swallowing : PublicRunner
    {
        public override void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination)
        {
            base.Predict<TLink>(x, weights, destination);
            foreach (ref var mean in destination)
                mean = float.IsNaN(mean) ? 0.5f : mean;
        }
    }

    private sealed class Writing : PublicRunner
    {
        public override void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination)
        {
            base.Predict<TLink>(x, weights, destination);
            if (weights.Length > 0)
                MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(weights), 1)[0] += 1;
        }
    }
}
