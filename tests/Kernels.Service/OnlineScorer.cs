using System.Threading.Channels;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Service;

/// <summary>
/// A logistic regression that is scored by many threads and learns on one: whoever scores takes the weights that there are, an array that
/// nobody writes to any more; the learner puts a new one in its place. There is no lock, and a score never waits.
/// </summary>
public sealed class OnlineScorer
{
    /// <summary>Rows of a step.</summary>
    public const int BatchRows = 64;

    private const float LearningRate = 0.5f;

    // More labelled rows than the learner has taken make those who bring them wait.
    private const int MostWaiting = 256;

    private readonly Channel<Labelled> _labelled = Channel.CreateBounded<Labelled>(MostWaiting);
    private readonly bool _intercept;
    private Snapshot _now;

    /// <param name="model">Where it begins: a model of <c>kernels train</c> without centres.</param>
    public OnlineScorer(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Link != ModelLink.Logit || model.Centers is not null)
            throw new ArgumentException("The model must have the logit link and no centres.", nameof(model));
        (_intercept, Columns) = (model.Intercept, model.Features.Count);
        _now = new(0, [.. model.Weights.Select(weight => (float)weight)]);
    }

    /// <summary>Features of a row.</summary>
    public int Columns { get; }

    /// <summary>The weights as they are now, and how many steps have made them.</summary>
    public Snapshot Now => Volatile.Read(ref _now);

    /// <summary>The means of rows; nothing is allocated, whatever the learner does meanwhile.</summary>
    /// <param name="rows">Row after row.</param>
    /// <param name="means">One a row.</param>
    /// <returns>The number of the weights that gave them.</returns>
    public long Score(ReadOnlySpan<float> rows, Span<float> means)
    {
        var now = Now;
        Score(now, rows, means);
        return now.Number;
    }

    /// <summary>The means of rows by weights that were taken before.</summary>
    public void Score(Snapshot weights, ReadOnlySpan<float> rows, Span<float> means)
    {
        ArgumentNullException.ThrowIfNull(weights);
        LogisticRegression.Predict(new DesignMatrix(rows, Columns, _intercept), weights.Weights, means);
    }

    /// <summary>Hands a labelled row to the learner, which keeps the array.</summary>
    public ValueTask LearnAsync(float[] row, float label, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Length != Columns)
            throw new ArgumentException($"The row has {row.Length} values; the model has {Columns} features.", nameof(row));
        return _labelled.Writer.WriteAsync(new(row, label), cancellation);
    }

    /// <summary>Takes labelled rows, and steps after each batch, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var sums = new GradientAccumulator<Logit>(Now.Weights, _intercept);
        await foreach (var (row, label) in _labelled.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            sums.Add(new DesignMatrix(row, Columns, _intercept), [label]);
            if (sums.Rows < BatchRows)
                continue;
            var (number, weights) = Now;
            var next = weights.ToArray();
            sums.Step(next, LearningRate, Reduction.Mean);
            Volatile.Write(ref _now, new(number + 1, next));
            sums.Reset(next);
        }
    }

    /// <summary>Weights that nobody writes to, so that they need no copy.</summary>
    /// <param name="Number">Steps that have made them.</param>
    /// <param name="Weights">One a feature, then the intercept.</param>
    public sealed record Snapshot(long Number, float[] Weights);

    private readonly record struct Labelled(float[] Row, float Label);
}
