using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Kernels.Bench;

/// <summary>The very first call in a process, compilation included: a gradient on 64 × 32, beside what users write today.</summary>
[SimpleJob(RunStrategy.ColdStart, launchCount: 15, warmupCount: 0, iterationCount: 1)]
public class ColdStartBenchmark
{
    private const int Rows = 64;
    private const int Columns = 32;

    private readonly float[] _x = new float[Rows * Columns];
    private readonly float[] _y = new float[Rows];
    private readonly float[] _weights = new float[Columns];
    private readonly float[] _gradient = new float[Columns];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        foreach (ref var x in _x.AsSpan())
            x = random.NextSingle() - 0.5f;
    }

    [Benchmark(Baseline = true)]
    public bool FirstStep() => LogisticRegression.Step(new DesignMatrix(_x, Columns), _y, _weights, 0.01f).Applied;

    [Benchmark]
    public float FirstPrediction() => LogisticRegression.Predict(_x.AsSpan(0, Columns), _weights);

    [Benchmark]
    public void FirstTensorPrimitivesGradient() => Peers.TensorPrimitivesGradient(_x, Columns, _y, _weights, _gradient);
}
