using System.Runtime.CompilerServices;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Rows;

namespace Kernels;

/// <summary>
/// A generalised linear model with its canonical link. With z = Xw and μ the inverse link, the gradient of the
/// negative log-likelihood J is ∇J = Xᵀ(μ(Xw) − y) for every such model; the link alone differs.
/// Used under a model's name: <see cref="LogisticRegression"/>, <see cref="LinearRegression"/>,
/// <see cref="PoissonRegression"/>.
/// </summary>
/// <typeparam name="TLink"><see cref="Logit"/>, <see cref="Identity"/> or <see cref="Log"/>.</typeparam>
/// <remarks>
/// <para>Every member reads X once and keeps no state; all are safe to call from any thread. Inputs are never written.
/// Arguments are validated, in O(1), before anything is read or written. A workspace of more than 16 KiB (many weights with many rows)
/// is native memory, borrowed for the time of the call. Members without a <see cref="ParallelOptions"/> allocate nothing on the managed
/// heap and start no thread.</para>
/// <para>Members with one run on several threads, with the bits of one, whatever the number of threads. Many rows are shared out in
/// chunks of 1024·2ᵏ, whose sums are added in the order of the rows; few and long rows in blocks, which follow one another through the
/// columns. A call stays on the calling thread where threads cannot pay: below 1 MiB of X (256 KiB with a <see cref="ThreadTeam"/>), or
/// when <see cref="ParallelOptions.MaxDegreeOfParallelism"/> is 1. Elsewhere, and on one thread where the token can be cancelled, it
/// allocates some objects, and native memory for a gradient in float64 for each of up to 64 chunks; with a <see cref="ThreadTeam"/>,
/// which keeps them, nothing. A cancelled call stops after the chunks in hand, throws <see cref="OperationCanceledException"/> and has
/// written nothing.</para>
/// <para>Members that take <see cref="Observations"/> know weights, offsets, rows with NaN and an L2 penalty; those that take X and y are
/// the same without them, bit for bit.</para>
/// <para>Results have the same bits on every vector width and at every alignment and stride (ARITHMETIC.md), but for
/// the sign and payload of NaN. NaN in the data comes out as NaN, ∞ as NaN or ∞ or what the function tends to. So do finite data whose
/// margin overflows: at ±∞ the mean is 0, 1, 0 or ∞, and the loss 0 on the label's side, ∞ on the other.</para>
/// <para>Subnormal features and weights (below 2⁻¹²⁶ in magnitude) are computed exactly, never flushed. x64 processors
/// handle such products in microcode, an order of magnitude slower (DenormalBenchmark measures it): where the data may
/// hold them and the time matters, flush them when X is built. With labels 0 and 1 a logistic mean or residual is never subnormal.</para>
/// <para>Any alignment and stride is taken, with a difference in speed while X is in cache. Fastest are rows that start at multiples of 64
/// bytes (d a multiple of 16, or padded by the stride; memory from <c>NativeMemory.AlignedAlloc</c>). A stride that is a multiple of 8
/// floats is nearly as good with more than 64 columns, wherever X starts: such rows are read from the start of their lines, at most one
/// vector more. That reads, and leaves out, up to 15 floats before a row, which are other rows' or the gap's: never what lies before X. NaN
/// or ∞ among them costs time, and changes nothing. Other rows take two cache accesses for many vectors. X of many megabytes is read
/// faster from huge pages (Linux: <c>madvise(MADV_HUGEPAGE)</c> on the caller's memory): 1.05 to 1.12 × in bench/NOTES.md.</para>
/// <para>The rounding error of a gradient component is bounded for any number of rows:
/// <see cref="GradientErrorBound(in DesignMatrix, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{double}, Reduction)"/> has the formula and
/// computes it.</para>
/// </remarks>
public abstract partial class Glm<TLink>
    where TLink : struct, ILink
{
    private protected Glm()
    {
    }

    /// <summary>The mean μ(x·w + b) of one row.</summary>
    /// <param name="row">d features.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="intercept">Whether <paramref name="weights"/> ends with an intercept.</param>
    /// <returns>The mean, the same bits as for this row in any matrix.</returns>
    /// <exception cref="ArgumentException"><paramref name="weights"/> has another length.</exception>
    public static float Predict(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept = false) =>
        One<TLink>(row, weights, intercept);

    /// <summary>The means μ(Xw) of all rows.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="destination">N floats; may not overlap <paramref name="x"/> or <paramref name="weights"/>.</param>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    public static void Predict(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination) =>
        Many<TLink>(x, weights, destination);

    /// <summary>The margin z = x·w + b of one row: the prediction on the scale of the link.</summary>
    /// <inheritdoc cref="Predict(ReadOnlySpan{float}, ReadOnlySpan{float}, bool)" path="/param"/>
    /// <returns>The margin, the same bits as for this row in any matrix.</returns>
    /// <exception cref="ArgumentException"><paramref name="weights"/> has another length.</exception>
    public static float Margin(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept = false) =>
        One<Identity>(row, weights, intercept);

    /// <summary>The margins z = Xw of all rows.</summary>
    /// <inheritdoc cref="Predict(in DesignMatrix, ReadOnlySpan{float}, Span{float})" path="/param"/>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    public static void Margin(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination) =>
        Many<Identity>(x, weights, destination);

    /// <summary>The negative log-likelihood J(w).</summary>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="reduction">The sum over the rows, or its mean.</param>
    /// <returns>J, summed in float64; the same bits as
    /// <see cref="Gradient(in DesignMatrix, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, Reduction)"/> returns.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public static double Loss(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Reduction reduction = Reduction.Sum)
    {
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.Reduction(reduction);
        return Call.Run<LossPass<TLink>>(x, y, weights, default, reduction).Loss;
    }

    /// <summary>The gradient ∇J(w) = Xᵀ(μ(Xw) − y), and J(w) from the same pass.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">Overwritten: as long as <paramref name="weights"/>; may not overlap any input.</param>
    /// <param name="reduction">The sum over the rows, or its mean; of the loss and of the gradient.</param>
    /// <returns>J.</returns>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="gradient"/> overlaps an input.</exception>
    public static double Gradient(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient, Reduction reduction = Reduction.Sum)
    {
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.Gradient(x, y, weights, gradient);
        Guard.Reduction(reduction);
        return Call.Run<GradientPass<TLink>>(x, y, weights, gradient, reduction).Loss;
    }

    /// <summary>The gradient ∇J(w) alone: the same bits as
    /// <see cref="Gradient(in DesignMatrix, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, Reduction)"/>, without the cost of the
    /// loss.</summary>
    /// <remarks>What the loss costs is a logarithm a slice of 1024 rows (some 30 ns) and a few operations for sixteen rows: it shows where
    /// a call takes less than a microsecond.</remarks>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="gradient">Overwritten: as long as <paramref name="weights"/>; may not overlap any input.</param>
    /// <param name="reduction">The sum over the rows, or its mean.</param>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="gradient"/> overlaps an input.</exception>
    public static void GradientOnly(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient, Reduction reduction = Reduction.Sum)
    {
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.Gradient(x, y, weights, gradient);
        Guard.Reduction(reduction);
        Call.Run<GradientPass<WithoutLoss<TLink>>>(x, y, weights, gradient, reduction);
    }

    /// <summary>The gradient-descent step w ← w − α·∇J(w), in place.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last. Updated; may not overlap <paramref name="x"/> or
    /// <paramref name="y"/>.</param>
    /// <param name="learningRate">α, finite and not negative.</param>
    /// <param name="reduction">Whether J is the sum over the rows or its mean.</param>
    /// <returns>J before the step, and whether the step was applied. If the gradient or a new weight is not finite, no weight
    /// changes.</returns>
    /// <exception cref="ArgumentException">A span has another length or overlaps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative, ∞ or NaN.</exception>
    public static StepResult Step(
        in DesignMatrix x, ReadOnlySpan<float> y, Span<float> weights, float learningRate, Reduction reduction = Reduction.Sum)
    {
        Guard.Targets(x, y);
        Guard.Weights(x, weights);
        Guard.InPlace(x, y, weights, learningRate);
        Guard.Reduction(reduction);
        var counts = default(RowCounts);
        var sums = Call.Run<StepPass<TLink>>(x, y, weights, default, reduction, learningRate, ref counts);
        return new(sums.Loss, counts.Applied);
    }

    /// <summary>
    /// Bounds on the rounding error of
    /// <see cref="Gradient(in DesignMatrix, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, Reduction)"/> for these very data:
    /// |computed − exact| ≤ bound, component by component, whatever the data; ∞ where float32 may overflow on the way. Two double
    /// operations an element, off the hot path.
    /// </summary>
    /// <remarks>
    /// With u = 2⁻²⁴, γ(k) = ku/(1 − ku), S = 1024: boundⱼ = Σᵢ (γ(5 + ⌈min(N, S)/4⌉)·(|rᵢ| + ρᵢ) +
    /// ρᵢ)·|xᵢⱼ|, where ρᵢ bounds the error of the residual: the margin's error ζᵢ = γ(⌈d/16⌉ + 5)·(Σⱼ|xᵢⱼwⱼ|
    /// + |b|), for d
    /// >
    /// 256 γ(⌈d/64⌉ + 7), through the link (¼ζ; ζ; eᶻ(e^ζ − 1)), one ulp of the mean, and the roundings of the subtraction. It
    /// does not grow with N beyond S. Higham, 2nd ed., §3.1.
    /// </remarks>
    /// <param name="x">N × d.</param>
    /// <param name="y">N targets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="bound">Overwritten: as long as <paramref name="weights"/>; may not overlap any input.</param>
    /// <param name="reduction">As for the gradient.</param>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="bound"/> overlaps an input.</exception>
    public static void GradientErrorBound(
        in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<double> bound, Reduction reduction = Reduction.Sum)
    {
        Guard.Targets(x, y);
        GradientErrorBound(new Observations(x, y), weights, bound, reduction);
    }

    /// <summary>The same for rows with weights, offsets or NaN: ζᵢ with the offset as one more addend, and rᵢ and ρᵢ times |sᵢ|
    /// with one more rounding.</summary>
    /// <param name="data">Rows, targets, weights and offsets.</param>
    /// <param name="weights">d weights; d + 1 with an intercept, which is the last.</param>
    /// <param name="bound">Overwritten: as long as <paramref name="weights"/>; may not overlap any input.</param>
    /// <param name="reduction">As for the gradient; for the mean of weights of both signs the bound holds as long as Σ sᵢ does not
    /// cancel.</param>
    /// <exception cref="ArgumentException">A span has another length, or <paramref name="bound"/> overlaps an input.</exception>
    public static void GradientErrorBound(
        in Observations data, ReadOnlySpan<float> weights, Span<double> bound, Reduction reduction = Reduction.Sum)
    {
        Guard.Weights(data.X, weights);
        Guard.Bound(data, weights, bound);
        Guard.Reduction(reduction);
        GradientBound<TLink>.Compute(data, weights, bound, reduction);
    }

    private static void Many<TMean>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination)
        where TMean : struct, ILink
    {
        Guard.Weights(x, weights);
        Guard.Destination(x, weights, destination);
        if (x.Rows == 1)
            destination[0] = Call.RunRow<TMean>(x.Row(0), weights, x.HasIntercept);
        else if (FewRows.Takes(x.Rows, x.Columns))
            Call.RunFewRows<TMean>(x, weights, destination);
        else
            Call.Run<PredictionPass<TMean>>(x, default, weights, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One<TMean>(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept)
        where TMean : struct, ILink
    {
        Guard.Row(row, weights, intercept);
        return Call.RunRow<TMean>(row, weights, intercept);
    }
}
