using System.Buffers;
using System.Runtime.InteropServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Sums;

namespace Kernels;

/// <summary>
/// J(w) and ∇J(w) of rows that come block by block: mini-batches, a stream, a file larger than memory, shards on several machines.
/// However the rows are cut, the result has the bits of one call over all of them.
/// </summary>
/// <remarks>
/// <para>Rows are numbered from the first row of the whole data. Accumulators of neighbouring ranges <see cref="Merge"/> into that of both,
/// if the border is a multiple of <see cref="SliceRows"/>: shards are cut there. Each range may be summed on a thread or a machine of its
/// own.</para>
/// <para><see cref="Add(in Observations)"/> allocates nothing but a vector of float64 when the number of rows first reaches the next power
/// of two times <see cref="SliceRows"/>. An instance is not safe for use by several threads at once.</para>
/// <para>Memory: 4 float32 and 2 + log₂(rows/1024) float64 a weight.</para>
/// </remarks>
/// <typeparam name="TLink"><see cref="Logit"/>, <see cref="Identity"/> or <see cref="Log"/>.</typeparam>
public sealed class GradientAccumulator<TLink>
    where TLink : struct, ILink
{
    /// <summary>Rows of a slice: where ranges that are to be merged may border.</summary>
    public const int SliceRows = Contract.SliceRows;

    private readonly float[] _weights;
    private readonly SliceMemory _slice;
    private readonly SliceNodes _nodes;
    private readonly double[] _total;
    private bool? _weighted;

    /// <summary>An accumulator without rows.</summary>
    /// <param name="weights">The w at which J and ∇J are taken; copied. The last is the intercept, if there is one.</param>
    /// <param name="intercept">Whether the rows have an intercept.</param>
    /// <param name="firstRow">The number of the first row in the whole data; a multiple of <see cref="SliceRows"/>.</param>
    /// <exception cref="ArgumentException">An intercept without a weight.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstRow"/> is negative or no multiple of
    /// <see cref="SliceRows"/>.</exception>
    public GradientAccumulator(ReadOnlySpan<float> weights, bool intercept = false, long firstRow = 0)
    {
        if (intercept && weights.IsEmpty)
            throw new ArgumentException("There are no weights, but there is an intercept.", nameof(weights));
        if (firstRow < 0 || firstRow % SliceRows != 0)
            throw new ArgumentOutOfRangeException(
                nameof(firstRow), firstRow, $"The first row is {firstRow}; it must be a multiple of {SliceRows}.");
        _weights = weights.ToArray();
        (HasIntercept, FirstRow) = (intercept, firstRow);
        _slice = new(_weights.Length);
        _nodes = new(_weights.Length);
        _total = new double[_weights.Length];
    }

    /// <summary>The number of the first row in the whole data.</summary>
    public long FirstRow { get; }

    /// <summary>Rows added, those skipped included.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that were left out because they contain NaN.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>Whether the last weight is an intercept.</summary>
    public bool HasIntercept { get; }

    /// <summary>The columns of the rows, the intercept's not counted.</summary>
    public int Columns => _weights.Length - (HasIntercept ? 1 : 0);

    /// <summary>The w at which J and ∇J are taken.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Σ sᵢ over the rows that count: their number where they have no weights.</summary>
    public double TotalWeight => Sums().Weight;

    /// <summary>Adds the next rows.</summary>
    /// <param name="data">Rows with as many columns, and an intercept or none, as this accumulator. Either all blocks have sample weights
    /// or none has.</param>
    /// <exception cref="ArgumentException">The rows do not fit; nothing was added.</exception>
    public void Add(in Observations data)
    {
        if (data.X.Columns != Columns || data.X.HasIntercept != HasIntercept)
            throw new ArgumentException(
                $"The rows have {Describe(data.X.Columns, data.X.HasIntercept)}; "
                    + $"this accumulator is for {Describe(Columns, HasIntercept)}.",
                nameof(data));
        var weighted = !data.SampleWeights.IsEmpty;
        if (data.X.Rows == 0)
            return;
        if (_weighted is { } before && before != weighted)
            throw new ArgumentException(
                $"The rows have {(weighted ? "sample weights" : "no sample weights")}, unlike those added before.", nameof(data));
        if (long.MaxValue - FirstRow - Rows < data.X.Rows)
            throw new ArgumentException(
                $"{data.X.Rows} rows from row {FirstRow + Rows} on: their numbers go beyond {long.MaxValue}.", nameof(data));
        _weighted = weighted;

        for (var i = 0; i < data.X.Rows;)
        {
            var count = Math.Min(data.X.Rows - i, SliceRows - _slice.Rows);
            var skipped = weighted
                ? Call.Accumulate<Weighted<TLink>>(data.Slice(i, count), data.X.Rows, _weights, _slice)
                : Call.Accumulate<TLink>(data.Slice(i, count), data.X.Rows, _weights, _slice);
            i += count;
            Rows += count;
            SkippedRows += skipped;
            _slice.Rows += count;
            _slice.Skipped += skipped;
            if (_slice.Rows == SliceRows)
            {
                _nodes.Add(((FirstRow + Rows) / SliceRows) - 1, SliceSums(), _slice.Gradient);
                (_slice.Rows, _slice.Skipped) = (0, 0);
            }
        }
    }

    /// <summary>Adds the next rows, without weights or offsets.</summary>
    /// <param name="x">Rows with as many columns, and an intercept or none, as this accumulator.</param>
    /// <param name="y">Their targets.</param>
    /// <exception cref="ArgumentException">The rows do not fit; nothing was added.</exception>
    public void Add(in DesignMatrix x, ReadOnlySpan<float> y)
    {
        Guard.Targets(x, y);
        Add(new Observations(x, y));
    }

    /// <summary>Adds all rows of the accumulator of the range that follows this one's; that one stays as it is.</summary>
    /// <param name="next">Taken at the same w; its first row is the one after this accumulator's last.</param>
    /// <exception cref="ArgumentException"> The two do not fit: other weights, another intercept, a gap between their rows, sample weights
    /// in one of them only, or a border that is no multiple of <see cref="SliceRows"/>. Nothing was added.
    /// </exception>
    public void Merge(GradientAccumulator<TLink> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var border = FirstRow + Rows;
        if (next.HasIntercept != HasIntercept
            || !MemoryMarshal.AsBytes(next._weights.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(_weights.AsSpan())))
            throw new ArgumentException("The weights of the two accumulators differ.", nameof(next));
        if (next.FirstRow != border)
            throw new ArgumentException(
                $"The rows end at {border}, and the next begin at {next.FirstRow}; "
                    + $"the border must be the same, and a multiple of {SliceRows}.",
                nameof(next));
        if (_weighted is { } one && next._weighted is { } other && one != other)
            throw new ArgumentException("Only one of the two accumulators has sample weights.", nameof(next));

        _weighted ??= next._weighted;
        foreach (ref readonly var node in next._nodes.Nodes)
            _nodes.Add(node);
        _slice.CopyFrom(next._slice);
        Rows += next.Rows;
        SkippedRows += next.SkippedRows;
    }

    /// <summary>J(w) of the rows so far.</summary>
    /// <param name="reduction">The sum over the rows, or its mean.</param>
    /// <returns>J; 0 without rows.</returns>
    public double Loss(Reduction reduction = Reduction.Sum)
    {
        Guard.Reduction(reduction);
        var sums = Sums();
        return sums.Loss / SliceTree<ScalarLanes>.Divisor(reduction, sums.Weight);
    }

    /// <summary>∇J(w) of the rows so far, and J(w).</summary>
    /// <param name="gradient">Overwritten: as long as the weights.</param>
    /// <param name="reduction">The sum over the rows, or its mean; of the loss and of the gradient.</param>
    /// <returns>J, the total weight, and the rows skipped.</returns>
    /// <exception cref="ArgumentException"><paramref name="gradient"/> has another length.</exception>
    public Evaluation Gradient(Span<float> gradient, Reduction reduction = Reduction.Sum)
    {
        if (gradient.Length != _weights.Length)
            throw new ArgumentException(
                $"The length of gradient is {gradient.Length}; there are {_weights.Length} weights.", nameof(gradient));
        Guard.Reduction(reduction);
        var sums = Sums();
        var divisor = SliceTree<ScalarLanes>.Divisor(reduction, sums.Weight);
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = (float)(_total[j] / divisor);
        return new(sums.Loss / divisor, sums.Weight, SkippedRows);
    }

    /// <summary>The gradient-descent step w ← w − α·∇J on the caller's weights, with ∇J taken at <see cref="Weights"/>.</summary>
    /// <param name="weights">As long as <see cref="Weights"/>, and the same for a step of gradient descent. Updated.</param>
    /// <param name="learningRate">α, finite and not negative.</param>
    /// <param name="reduction">Whether J is the sum over the rows or its mean.</param>
    /// <returns>J, whether the step was applied, and the rows skipped. If the gradient or a new weight is not finite, no weight
    /// changes.</returns>
    /// <exception cref="ArgumentException"><paramref name="weights"/> has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative, ∞ or NaN.</exception>
    public StepResult Step(Span<float> weights, float learningRate, Reduction reduction = Reduction.Sum)
    {
        if (weights.Length != _weights.Length)
            throw new ArgumentException(
                $"The length of weights is {weights.Length}; the accumulator has {_weights.Length}.", nameof(weights));
        Guard.LearningRate(learningRate);
        Guard.Reduction(reduction);
        var sums = Sums();
        var divisor = SliceTree<ScalarLanes>.Divisor(reduction, sums.Weight);
        var applied = true;
        for (var j = 0; j < weights.Length; j++)
            applied &= float.IsFinite(GradientAt(j)) && float.IsFinite(Stepped(weights[j], j));
        for (var j = 0; j < weights.Length && applied; j++)
            weights[j] = Stepped(weights[j], j);
        return new(sums.Loss / divisor, applied, SkippedRows);

        float GradientAt(int j) => (float)(_total[j] / divisor);

        float Stepped(float weight, int j) => MathF.FusedMultiplyAdd(-learningRate, GradientAt(j), weight);
    }

    /// <summary>Starts over, without rows, at other weights.</summary>
    /// <param name="weights">As many as before.</param>
    /// <exception cref="ArgumentException"><paramref name="weights"/> has another length.</exception>
    public void Reset(ReadOnlySpan<float> weights)
    {
        if (weights.Length != _weights.Length)
            throw new ArgumentException(
                $"The length of weights is {weights.Length}; the accumulator has {_weights.Length}.", nameof(weights));
        weights.CopyTo(_weights);
        _nodes.Clear();
        (_slice.Rows, _slice.Skipped, _weighted) = (0, 0, null);
        (Rows, SkippedRows) = (0, 0);
    }

    /// <summary>Writes the accumulator, little-endian, with the versions of the format and of the arithmetic contract and a
    /// checksum.</summary>
    /// <param name="destination">Receives some 8 bytes a weight and level of the tree.</param>
    public void Write(IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        new AccumulatorFormat(
            AccumulatorFormat.LinkOf<TLink>(), HasIntercept, _weighted, FirstRow, Rows, SkippedRows, _weights, _nodes,
            _slice).Write(destination);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, on any machine.</summary>
    /// <param name="source">All the bytes, and no others.</param>
    /// <returns>An accumulator with the same bits.</returns>
    /// <exception cref="InvalidDataException">The bytes are damaged, of another link, another format or another version of the arithmetic
    /// contract.</exception>
    public static GradientAccumulator<TLink> Read(in ReadOnlySequence<byte> source)
    {
        var format = AccumulatorFormat.Read(source, AccumulatorFormat.LinkOf<TLink>());
        var result = new GradientAccumulator<TLink>(format.Weights, format.HasIntercept, format.FirstRow)
        {
            Rows = format.Rows,
            SkippedRows = format.SkippedRows,
            _weighted = format.Weighted,
        };
        foreach (ref readonly var node in format.Nodes.Nodes)
            result._nodes.Add(node);
        result._slice.CopyFrom(format.Slice);
        return result;
    }

    private static string Describe(int columns, bool intercept) =>
        $"{columns} columns {(intercept ? "and an intercept" : "and no intercept")}";

    private Totals SliceSums() => _weighted == true
        ? Call.Finish<Weighted<TLink>>(_slice, _weights.Length)
        : Call.Finish<TLink>(_slice, _weights.Length);

    // The sums of all rows; their gradient to _total.
    private Totals Sums() => _slice.Rows > 0 ? _nodes.Total(_slice, SliceSums(), _total) : _nodes.Total(_total);
}
