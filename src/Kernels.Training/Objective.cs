using Kernels.Links;
using Kernels.Loops;
using Kernels.Training.Fits;
using Kernels.Training.Shards;

namespace Kernels.Training;

/// <summary>
/// What an optimiser minimises: J(w) + ½·λ·Σwⱼ² + λ₁·Σ|wⱼ|, the intercept left out of the penalties, over one span, over
/// blocks or over shards. Gradients are those of the smooth part, in float64.
/// </summary>
internal ref struct Objective<TLink>
    where TLink : struct, ILink
{
    private readonly Observations _data;
    private readonly ObservationBlocks? _blocks;
    private readonly ReadOnlySpan<float> _written;
    private readonly BlockSums<TLink>? _sums;
    private readonly ObservationShards? _shards;
    private readonly FitData<TLink> _all;
    private readonly double _l2;
    private readonly double _l1;
    private readonly ParallelOptions _parallel;
    private readonly ParallelOptions _one;
    private readonly float[] _gradient;
    private readonly float[] _direction;
    private GradientAccumulator<TLink>? _some;

    internal Objective(in Observations data, TrainingOptions options, CancellationToken cancellation, double l1 = 0)
        : this(options, l1, data.X.Rows, data.X.Columns, data.X.Parameters, cancellation)
    {
        _data = data;
        _all = new(data, _parallel);
    }

    /// <param name="blocks">What is read.</param>
    /// <param name="weights">What is going to be written: no row may lie in it.</param>
    /// <param name="options">Penalty and threads.</param>
    /// <param name="cancellation">Stops a pass: <see cref="OperationCanceledException"/>.</param>
    /// <param name="l1">λ₁.</param>
    internal Objective(
        ObservationBlocks blocks, ReadOnlySpan<float> weights, TrainingOptions options, CancellationToken cancellation, double l1 = 0)
        : this(options, l1, blocks.Rows, blocks.Columns, blocks.Parameters, cancellation)
    {
        _blocks = blocks;
        _all = new(blocks, _parallel);
        _written = weights;
        _sums = new(blocks, _parallel);
        if (blocks.Rows > 0 && options.MaxDegreeOfParallelism != 1)
            blocks.ReadSome(0, 1).ThrowIfOverlaps(weights);
    }

    internal Objective(ObservationShards shards, TrainingOptions options, CancellationToken cancellation, double l1 = 0)
        : this(options, l1, shards.Rows, shards.Columns, shards.Parameters, cancellation)
    {
        _shards = shards;
        _all = new(shards, _parallel);
    }

    private Objective(TrainingOptions options, double l1, long rows, int columns, int parameters, CancellationToken cancellation)
    {
        (_l2, _l1) = (options.L2, l1);
        _parallel = new() { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism, CancellationToken = cancellation };
        _one = new() { MaxDegreeOfParallelism = 1, CancellationToken = cancellation };
        (Rows, Columns) = (rows, columns);
        _gradient = new float[parameters];
        _direction = new float[parameters];
        TotalWeight = double.NaN;
    }

    internal long Rows { get; }

    internal int Columns { get; }

    internal long SkippedRows { get; private set; }

    /// <summary>Σ sᵢ of the last evaluation, or 1 where it is 0: what a mean is divided by.</summary>
    internal double TotalWeight { get; private set; }

    /// <summary>The objective at <paramref name="weights"/>, and the gradient of its smooth part.</summary>
    internal double Evaluate(ReadOnlySpan<float> weights, Span<double> gradient)
    {
        var result = Gradient(weights);
        (TotalWeight, SkippedRows) = (result.TotalWeight == 0 ? 1 : Math.Abs(result.TotalWeight), result.SkippedRows);
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = _gradient[j];
        for (var j = 0; j < Columns && _l2 > 0; j++)
            gradient[j] += _l2 * weights[j];
        return result.Loss + Penalty(weights);
    }

    /// <summary>φ: what the likelihood's curvature is divided by where the variance is not known.</summary>
    internal readonly double Dispersion(double loss) =>
        typeof(TLink) == typeof(Identity) ? 2 * Math.Max(0, loss) / TotalWeight : 1;

    /// <summary>The objective alone.</summary>
    internal readonly double Loss(ReadOnlySpan<float> weights) =>
        (_sums is null && _shards is null ? Glm<TLink>.Loss(_data, weights, parallel: _parallel) : Gradient(weights)).Loss
            + Penalty(weights);

    /// <summary>∇J and J of some rows, without penalties: the bits of those rows in one span.</summary>
    internal Evaluation Some(long start, int rows, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        if (_blocks is null)
            return Glm<TLink>.Gradient(_data.Slice((int)start, rows), weights, gradient, parallel: _one);
        _some ??= new(weights, _blocks.HasIntercept);
        _some.Reset(weights);
        _sums!.Add(_some, start, start + rows, _written);
        return _some.Gradient(gradient);
    }

    /// <summary>The product of the Hessian of the smooth part in some coordinates with a direction there; of one span only.</summary>
    internal readonly void HessianProduct(
        ReadOnlySpan<float> weights, SearchCoordinates coordinates, ReadOnlySpan<double> direction, Span<double> product)
    {
        // The direction may be tiny, and then its float32 products subnormal: it is scaled by a power of two and back. Of length 1 in
        // coordinates without units it moves a margin by about 1.
        var exponent = Vectors.LargestMagnitude(direction) is > 0 and var largest && double.IsFinite(largest) ? Math.ILogB(largest) : 0;
        direction.CopyTo(product);
        coordinates.ToWeights(product);
        for (var j = 0; j < product.Length; j++)
            _direction[j] = (float)Math.ScaleB(product[j], -exponent);
        Glm<TLink>.HessianProduct(_data, weights, _direction, _gradient, parallel: _parallel);
        for (var j = 0; j < product.Length; j++)
            product[j] = Math.ScaleB(_gradient[j], exponent) + (j < Columns ? _l2 * product[j] : 0);
        coordinates.OfGradient(product);
    }

    /// <summary>Coordinates without units, by a look at all rows, and with the curvature that the link has at the mean target.</summary>
    internal readonly SearchCoordinates UnitFree()
    {
        var origin = _all.Sum(new OriginQuestion(Columns)).Row;
        var sums = _all.Sum(new MomentsQuestion(origin)).Total();
        var (moments, targets) = (sums.Columns, sums.Targets);
        moments.Finish();
        targets.Finish();
        var (mean, weight) = (targets.Means[0], targets.TotalWeight);
        var slope = typeof(TLink) == typeof(Logit)
            ? Math.Max(mean * (1 - mean), 1 / Math.Max(1, weight))
            : typeof(TLink) == typeof(Log) ? mean : 1;
        var curvature = slope * weight is > 0 and var total && double.IsFinite(total) ? total : 1;
        return new(moments, _gradient.Length > Columns, curvature, _l2)
        {
            ResidualScale = typeof(TLink) == typeof(Log)
                ? Math.Sqrt(Math.Max(1, mean))
                : typeof(TLink) == typeof(Identity) && targets.Deviations[0] > 0 ? targets.Deviations[0] : 1,
            MeanSlope = slope,
        };
    }

    /// <summary>The largest eigenvalue of TᵀXᵀSXT, from below.</summary>
    internal readonly double Eigenvalue(SearchCoordinates coordinates) => _shards is not null
        ? Lipschitz.EstimateShards(_shards, coordinates, _parallel)
        : _blocks is not null
            ? Lipschitz.EstimateBlocks(_blocks, coordinates, _parallel)
            : Lipschitz.Estimate(_data, coordinates, _parallel);

    /// <summary>The first row that counts and is not finite; null if there is none, or none was found before the caller
    /// cancelled.</summary>
    internal readonly long? FirstRowThatIsNotFinite(CancellationToken cancellation)
    {
        try
        {
            return _all.Sum(new NotFiniteQuestion()).Row;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    // Without penalties.
    private readonly Evaluation Gradient(ReadOnlySpan<float> weights) => _shards is not null
        ? _all.Sum(new GradientQuestion<TLink>(weights.ToArray(), _gradient.Length > Columns)).Sum.Gradient(_gradient)
        : _sums?.Evaluate(weights, _gradient, _written) ?? Glm<TLink>.Gradient(_data, weights, _gradient, parallel: _parallel);

    private readonly double Penalty(ReadOnlySpan<float> weights)
    {
        var (squares, magnitudes) = (0.0, 0.0);
        for (var j = 0; j < Columns && (_l2 > 0 || _l1 > 0); j++)
        {
            squares += (double)weights[j] * weights[j];
            magnitudes += Math.Abs((double)weights[j]);
        }

        return (0.5 * _l2 * squares) + (_l1 * magnitudes);
    }
}
