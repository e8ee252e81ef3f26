using BenchmarkDotNet.Attributes;

namespace Kernels.Bench;

/// <summary>What weights, offsets, the search for NaN, second derivatives and accumulators cost beside the plain gradient of the same
/// rows.</summary>
public class FeaturesBenchmark
{
    private float[] _x = [];
    private float[] _y = [];
    private float[] _weights = [];
    private float[] _gradient = [];
    private float[] _sampleWeights = [];
    private float[] _offset = [];
    private GradientAccumulator<Links.Logit>? _sum;

    [Params(1000)]
    public int Rows { get; set; }

    [Params(32, 100, 1000)]
    public int Columns { get; set; }

    private DesignMatrix X => new(_x, Columns);

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        _x = Array.ConvertAll(new float[Rows * Columns], _ => random.NextSingle() - 0.5f);
        _y = Array.ConvertAll(new float[Rows], _ => (float)random.Next(2));
        _sampleWeights = Array.ConvertAll(new float[Rows], _ => random.NextSingle());
        _offset = Array.ConvertAll(new float[Rows], _ => random.NextSingle());
        _weights = Array.ConvertAll(new float[Columns], _ => random.NextSingle() - 0.5f);
        _gradient = new float[Columns];
        _sum = new(_weights);
    }

    [Benchmark(Baseline = true)]
    public double Gradient() => LogisticRegression.Gradient(X, _y, _weights, _gradient);

    [Benchmark]
    public double WithSampleWeights() =>
        LogisticRegression.Gradient(new Observations(X, _y) { SampleWeights = _sampleWeights }, _weights, _gradient).Loss;

    [Benchmark]
    public double WithOffset() => LogisticRegression.Gradient(new Observations(X, _y) { Offset = _offset }, _weights, _gradient).Loss;

    [Benchmark]
    public double SkippingNaN() =>
        LogisticRegression.Gradient(new Observations(X, _y) { RowsWithNaN = RowsWithNaN.Skip }, _weights, _gradient).Loss;

    [Benchmark]
    public double HessianProduct() => LogisticRegression.HessianProduct(new Observations(X, _y), _weights, _weights, _gradient).TotalWeight;

    [Benchmark]
    public double HessianDiagonal() => LogisticRegression.HessianDiagonal(new Observations(X, _y), _weights, _gradient).TotalWeight;

    [Benchmark]
    public double AccumulatorOf100RowBlocks()
    {
        _sum!.Reset(_weights);
        for (var row = 0; row < Rows; row += 100)
            _sum.Add(X.Slice(row, 100), _y.AsSpan(row, 100));
        return _sum.Gradient(_gradient).Loss;
    }

    [Benchmark]
    public double LossAlongALine() => LogisticRegression.LossAlong(_offset, _sampleWeights, _y, 0.5f).Loss;
}
