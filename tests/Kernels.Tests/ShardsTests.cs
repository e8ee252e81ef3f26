using Kernels.Links;
using Kernels.Tests.Support;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>A fit that asks shards for sums: the bits of a fit of one span, and no row missing or counted twice.</summary>
public class ShardsTests
{
    private const int Slice = 1024;

    /// <summary>Where shards border, in slices; and the rows.</summary>
    public static TheoryData<int, int[]> Cuts => new()
    {
        { 0, [] }, { 1, [] }, { 900, [] }, { 3_000, [1, 2] }, { 9_000, [1, 4, 5] }, { 70_000, [16, 32, 48, 64] },
        { 70_000, [3, 4, 20, 61] },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Optimisers_reach_the_bits_of_one_span(int rows, int[] cuts)
    {
        Assert.SkipWhen(Grid.IsThinned && rows > 9_000, "fused multiply-add in software");
        var p = Skipping(rows);
        var shards = new ProblemShards(p, cuts);
        var (one, many) = (new float[7], new float[7]);
        Same(
            GradientDescent.Minimize<Logit>(p.SkippingData, one, new() { MaxIterations = 25, L1 = 0.5 }),
            GradientDescent.MinimizeShards<Logit>(shards, many, new() { MaxIterations = 25, L1 = 0.5 }));
        Same(
            Lbfgs.Minimize<Logit>(p.SkippingData, one, new() { MaxIterations = 25, L2 = 0.5 }),
            Lbfgs.MinimizeShards<Logit>(shards, many, new() { MaxIterations = 25, L2 = 0.5 }));

        void Same(TrainingResult expected, TrainingResult actual)
        {
            Bits.Equal(one, many, $"{rows} rows");
            Assert.Equal(expected.Losses, actual.Losses);
            Assert.Equal(
                (expected.Reason, expected.Iterations, expected.Loss, expected.SkippedRows),
                (actual.Reason, actual.Iterations, actual.Loss, actual.SkippedRows));
            Array.Clear(one);
            Array.Clear(many);
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Fits_have_the_bits_of_one_span(int rows, int[] cuts)
    {
        Assert.SkipWhen(Grid.IsThinned && rows > 9_000, "fused multiply-add in software");
        var p = Skipping(rows, columns: 12);
        var shards = new ProblemShards(p, cuts);
        foreach (var options in new FitOptions[] { new() { RobustErrors = true }, new() { L2 = 2, Standardize = true }, new() { L1 = 3 } })
        {
            Same(Fitter.Fit<Logit>(p.SkippingData, options), Fitter.FitShards<Logit>(shards, options));
            Same(Fitter.Fit<Identity>(p.SkippingData, options), Fitter.FitShards<Identity>(shards, options));
            Same(Fitter.Fit<Log>(p.SkippingData, options), Fitter.FitShards<Log>(shards, options));
        }
    }

    [Fact]
    public void A_fit_with_no_optimum_says_why()
    {
        var p = new WeightedProblem(4, DoubleOracle.Model.Logistic, 5_000, 3);
        for (var i = 0; i < 5_000; i++)
            p.P.Y[i] = p.P[i, 1] > 0 ? 1 : 0;
        Same(Fitter.Fit<Logit>(p.Data), Fitter.FitShards<Logit>(new ProblemShards(p, [2, 3])));
        Assert.Equal(FitStatus.Separated, Fitter.FitShards<Logit>(new ProblemShards(p, [2, 3])).Status);
        p.P[4_321, 2] = float.PositiveInfinity;
        p.SampleWeights[4_321] = 1;
        var fit = Fitter.FitShards<Logit>(new ProblemShards(p, [2, 3]));
        Assert.Equal((FitStatus.NonFinite, 4_321L), (fit.Status, fit.NonFiniteRow));
        var result = Lbfgs.MinimizeShards<Logit>(new ProblemShards(p, [1, 4]), new float[4]);
        Assert.Equal((StopReason.NonFinite, 4_321L), (result.Reason, result.NonFiniteRow));
        p.P.Y[70] = 2;
        p.SampleWeights[70] = 1;
        Assert.Contains("row 71", Assert.Throws<ArgumentException>(() => Fitter.FitShards<Logit>(new ProblemShards(p, [2, 3]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_are_missing_or_would_count_twice_are_an_error()
    {
        var p = Skipping(9_000);
        var good = new ProblemShards(p, [2, 4, 6]);
        var questions = new List<byte[]>();
        good.Asked = questions.Add;
        Fitter.FitShards<Logit>(good, new() { RobustErrors = true });
        Lbfgs.MinimizeShards<Logit>(good, new float[7], new() { MaxIterations = 3 });
        GradientDescent.MinimizeShards<Logit>(good, new float[7], new() { MaxIterations = 3 });
        Assert.True(questions.Count > 20);
        foreach (var question in questions)
        {
            var answers = good.Answers(question);
            var whole = ObservationShards.Merge(question, answers);
            Assert.Equal(whole, ObservationShards.Merge(question, [ObservationShards.Merge(question, answers[..3]), answers[3]]));
            Assert.Equal(whole, ObservationShards.Merge(question, [answers[0], ObservationShards.Merge(question, answers[1..])]));
            Refused("missing", [answers[0], answers[2], answers[3]]);
            Refused("twice", [answers[0], answers[1], answers[1], answers[2], answers[3]]);
            Refused("twice", [answers[1], answers[0]]);

            void Refused(string word, byte[][] parts) => Assert.Contains(
                word, Assert.Throws<InvalidDataException>(() => ObservationShards.Merge(question, parts)).Message,
                StringComparison.Ordinal);
        }

        var other = good.Answers(questions[^1])[1];
        Assert.Contains(
            "another question",
            Assert.Throws<InvalidDataException>(() =>
                ObservationShards.Merge(questions[^2], [good.Answers(questions[^2])[0], other])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "there are 9000",
            Assert.Throws<InvalidDataException>(() => Fitter.FitShards<Logit>(new ProblemShards(p, [2, 4, 6]) { Last = 3 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_never_believed()
    {
        var p = Skipping(3_000, columns: 3);
        var good = new ProblemShards(p, [1]);
        var questions = new List<byte[]>();
        good.Asked = questions.Add;
        Fitter.FitShards<Log>(good, new() { RobustErrors = true });
        GradientDescent.MinimizeShards<Logit>(good, new float[4], new() { MaxIterations = 2 });
        foreach (var question in questions.DistinctBy(q => q[8]))
        {
            var answers = good.Answers(question);
            for (var i = 0; i < question.Length; i++)
            {
                var (shorter, damaged) = (question[..i], (byte[])question.Clone());
                Assert.Throws<InvalidDataException>(() => good.Answers(shorter));
                if (i >= 22)
                    continue; // numbers: another question, whose answers are not taken for those to this one
                damaged[i] ^= 0x55;
                Assert.ThrowsAny<Exception>(() => ObservationShards.Merge(question, [answers[0], good.Answers(damaged)[1]]));
            }

            Assert.Throws<InvalidDataException>(() => good.Answers([.. question, 0]));
            for (var i = 0; i < answers[1].Length; i++)
            {
                var shorter = answers[1][..i];
                Assert.Throws<InvalidDataException>(() => ObservationShards.Merge(question, [answers[0], shorter]));
            }

            Assert.Throws<InvalidDataException>(() => ObservationShards.Merge(question, [answers[0], [.. answers[1], 0]]));
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var p = Skipping(3_000);
        var shards = new ProblemShards(p, [1]);
        byte[] question = [];
        shards.Asked = q => question = q;
        Lbfgs.MinimizeShards<Logit>(shards, new float[7], new() { MaxIterations = 2 });
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => Lbfgs.MinimizeShards<Logit>(shards, new float[6])).ParamName);
        Assert.Throws<ArgumentNullException>(() => Lbfgs.MinimizeShards<Logit>(null!, new float[6]));
        Assert.Throws<ArgumentNullException>(() => Fitter.FitShards<Logit>(null!));
        Assert.Throws<ArgumentNullException>(() => ObservationShards.Answer(null!, new ProblemRows(p, 0, 1024), 0));
        Assert.Throws<ArgumentNullException>(() => ObservationShards.Answer(question, null!, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ObservationShards.Answer(question, new ProblemRows(p, 0, 1024), 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ObservationShards.Answer(question, new ProblemRows(p, 0, 1024), 0, maxDegreeOfParallelism: 0));
        Assert.Throws<ArgumentNullException>(() => ObservationShards.Merge(question, null!));
        Assert.Throws<ArgumentException>(() => ObservationShards.Merge(question, []));
        Assert.Contains(
            "the shard has 12 and an intercept",
            Assert.Throws<ArgumentException>(() =>
                ObservationShards.Answer(question, new ProblemRows(Skipping(3_000, 12), 0, 1024), 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_stops_a_fit_between_two_questions()
    {
        using var source = new CancellationTokenSource();
        var asked = 0;
        var shards = new ProblemShards(Skipping(3_000), [1])
        {
            Asked = _ =>
            {
                if (++asked == 5)
                    source.Cancel();
            },
        };
        Assert.Equal(FitStatus.Cancelled, Fitter.FitShards<Logit>(shards, cancellationToken: source.Token).Status);
        Assert.Equal(5, asked);
    }

    private static WeightedProblem Skipping(int rows, int columns = 6)
    {
        var p = new WeightedProblem((ulong)rows, DoubleOracle.Model.Logistic, rows, columns, scale: 1f);
        for (var i = 3; i < rows; i += 41)
            p.P[i, i % columns] = float.NaN;
        for (var i = 5; i < rows; i += 97)
            p.P.Y[i] = float.NaN;
        return p;
    }

    private static void Same(FitResult expected, FitResult actual)
    {
        Assert.Equal(expected.Coefficients.Select(BitConverter.DoubleToInt64Bits),
            actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(expected.Covariance.Select(BitConverter.DoubleToInt64Bits), actual.Covariance.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(expected.StandardErrors, actual.StandardErrors);
        Assert.Equal(expected.History, actual.History);
        Assert.Equal(expected.Separating, actual.Separating);
        Assert.Equal(
            (expected.Status, expected.Passes, expected.Deviance, expected.NullDeviance, expected.LogLikelihood, expected.Rows,
                expected.SkippedRows),
            (actual.Status, actual.Passes, actual.Deviance, actual.NullDeviance, actual.LogLikelihood, actual.Rows, actual.SkippedRows));
    }
}
