using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training.Fits;

/// <summary>The rows of a fit: in one span, in blocks, or in shards elsewhere.</summary>
internal readonly ref struct FitData<TLink>
    where TLink : struct, ILink
{
    // N·p² below which a pass in float64 takes half a millisecond.
    private const double LeastQuick = 3e6;
    private const int SliceRows = RowRanges.SliceRows;

    // Slices of a sample are so many times as far apart as those of the whole.
    private const int SampleEvery = 16;

    // A sample is worth its time where it has some hundred rows for each parameter.
    private const int SampleRowsOfParameter = 100;

    private readonly Observations _data;
    private readonly ObservationBlocks? _blocks;
    private readonly ObservationShards? _shards;
    private readonly ParallelOptions _parallel;
    private readonly int _every = 1;

    internal FitData(scoped in Observations data, ParallelOptions parallel)
    {
        _data = data;
        _parallel = parallel;
        (Rows, Columns, HasIntercept) = (data.X.Rows, data.X.Columns, data.X.HasIntercept);
    }

    internal FitData(ObservationBlocks blocks, ParallelOptions parallel)
    {
        (_blocks, _parallel) = (blocks, parallel);
        (Rows, Columns, HasIntercept) = (blocks.Rows, blocks.Columns, blocks.HasIntercept);
    }

    internal FitData(ObservationShards shards, ParallelOptions parallel)
    {
        (_shards, _parallel) = (shards, parallel);
        (Rows, Columns, HasIntercept) = (shards.Rows, shards.Columns, shards.HasIntercept);
    }

    private FitData(FitData<TLink> all)
    {
        _data = all._data;
        (_blocks, _shards, _parallel, _every) = (all._blocks, all._shards, all._parallel, SampleEvery);
        (Rows, Columns, HasIntercept) = (all.Rows / SliceRows / SampleEvery * SliceRows, all.Columns, all.HasIntercept);
    }

    internal long Rows { get; }

    internal int Columns { get; }

    internal bool HasIntercept { get; }

    internal int Parameters => Columns + (HasIntercept ? 1 : 0);

    /// <summary>Whether <see cref="Sample"/> is large enough to begin with.</summary>
    internal bool CanBeSampled => CanBeQuick && Rows / SampleEvery >= Math.Max(4 * SliceRows, (long)SampleRowsOfParameter * Parameters);

    /// <summary>Every sixteenth slice: rows from everywhere, whatever they are sorted by.</summary>
    internal FitData<TLink> Sample() => new(this);

    /// <summary>The part of all passes that one over a sample is.</summary>
    internal static double SamplePart => 1.0 / SampleEvery;

    /// <summary>Whether there is <see cref="EvaluateQuickly"/>, and it pays.</summary>
    internal bool CanBeQuick => (double)Rows * Parameters * Parameters >= LeastQuick;

    /// <summary>Adds all rows to the sums that a question asks for, by as many threads as the fit may have; the same bits on any
    /// number.</summary>
    internal TSums Sum<TSums>(Question<TSums> question)
        where TSums : IRowSums<TSums>
    {
        if (_shards is { } shards)
            return shards.Sum(question, _every, Rows, _parallel.CancellationToken);
        if (_blocks is { } blocks)
            return RowRanges.Sum(_every == 1 ? blocks : new SampledBlocks(blocks, 0, _every, Rows), 0, question.Empty, _parallel);
        return _every == 1 ? SumOfSpan(question) : SumOfSample(question);
    }

    /// <summary>Deviance, gradient and Hessian at some weights of the columns less their centres.</summary>
    internal HessianEvaluation Evaluate(double[] weights, double[] centers, Span<double> gradient, Span<double> hessian) => IsWhole
        ? Glm<TLink>.Hessian(_data, weights, gradient, hessian, centers, _parallel)
        : Sum(new HessianQuestion<TLink>(weights, centers, HasIntercept, isSingle: false)).Sum.Evaluate(gradient, hessian);

    /// <summary>The same with products in float32.</summary>
    internal HessianEvaluation EvaluateQuickly(double[] weights, double[] centers, Span<double> gradient, Span<double> hessian) => IsWhole
        ? Glm<TLink>.HessianSingle(_data, Array.ConvertAll(weights, w => (float)w), gradient, hessian, centers, _parallel)
        : Sum(new HessianQuestion<TLink>(weights, centers, HasIntercept, isSingle: true)).Sum.Evaluate(gradient, hessian);

    /// <summary>Loss and gradient in float32, at weights of the columns as they are.</summary>
    internal Evaluation Gradient(float[] weights, float[] gradient) => IsWhole
        ? Glm<TLink>.Gradient(_data, weights, gradient, parallel: _parallel)
        : Sum(new GradientQuestion<TLink>([.. weights], HasIntercept)).Sum.Gradient(gradient);

    // All rows of one span: the library's own passes.
    private bool IsWhole => _blocks is null && _shards is null && _every == 1;

    private TSums SumOfSpan<TSums>(Question<TSums> question)
        where TSums : IRowSums<TSums>
    {
        var length = (int)Math.Min(int.MaxValue / SliceRows * SliceRows, RowRanges.Length(Rows, _parallel));
        var parts = new TSums[Math.Max(1, (Rows + length - 1) / length)];
        if (Rows == 0)
            return question.Empty(0);
        if (parts.Length == 1)
        {
            parts[0] = question.Empty(0);
            for (var row = 0; row < Rows && !parts[0].IsDone;)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                var rows = _data.Slice(row, (int)Math.Min(Rows - row, RowRanges.PieceRows(Columns)));
                parts[0].Add(rows, row);
                row += rows.X.Rows;
            }
        }
        else
        {
            _data.ForEachChunk(length, (in rows, start) => (parts[start / length] = question.Empty(start)).Add(rows, start), _parallel);
        }

        return RowRanges.Merge<TSums>(parts);
    }

    private TSums SumOfSample<TSums>(Question<TSums> question)
        where TSums : IRowSums<TSums>
    {
        var sums = question.Empty(0);
        for (var slice = 0; slice < Rows / SliceRows; slice++)
        {
            _parallel.CancellationToken.ThrowIfCancellationRequested();
            sums.Add(_data.Slice(slice * SliceRows * _every, SliceRows), (long)slice * SliceRows);
        }

        return sums;
    }
}
